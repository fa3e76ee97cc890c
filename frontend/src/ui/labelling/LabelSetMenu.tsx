import { Menu, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconChevronDown, IconFileImport } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';

import { openLabelSet } from './address';
import { useLabelling } from './hooks';

// The form comes when somebody imports: labellers never do.
const ImportLabels = lazy(async () => ({ default: (await import('../pages/ImportLabels')).ImportLabels }));

/** Which labels are on the screen: people's own, or another source's to look at. */
export function LabelSetMenu() {
  const { editor, labelSet } = useLabelling();
  const { manifest } = editor.clip;
  const { layers } = manifest.ontology;
  const others = manifest.label_sets.filter(
    (item) => layers.some((layer) => layer.name === item.layer) && item.id !== labelSet.id,
  );
  const [isImporting, importing] = useDisclosure(false);
  const mayImport = manifest.project.role === 'engineer' || manifest.project.role === 'admin';
  const titleOf = (layer: string): string => layers.find((item) => item.name === layer)?.title ?? layer;
  const wordsOf = (item: { layer: string; source: string; name: string }): string =>
    [titleOf(item.layer), item.source, item.name].filter((word) => word !== '').join(', ');
  const menu = (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <UnstyledButton className="class-chip" data-testid="label-set" title="Which labels are shown">
          {titleOf(labelSet.layer)}
          <span className="chip-dim">{labelSet.source}</span>
          <IconChevronDown size={13} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Labels on the screen</Menu.Label>
        <Menu.Item fz={13} leftSection={<IconCheck size={14} />}>
          {wordsOf(labelSet)}
        </Menu.Item>
        {others.map((item) => (
          <Menu.Item
            key={item.id}
            fz={13}
            leftSection={<span style={{ width: 14 }} />}
            rightSection={<span className="chip-dim">{item.label_count}</span>}
            onClick={() => openLabelSet(item.id)}
          >
            {wordsOf(item)}
          </Menu.Item>
        ))}
        {mayImport ? (
          <>
            <Menu.Divider />
            <Menu.Item
              fz={13}
              leftSection={<IconFileImport size={14} stroke={1.6} />}
              onClick={importing.open}
              data-testid="import-labels-button"
            >
              Import labels…
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
  return (
    <>
      {menu}
      {isImporting ? (
        <Suspense>
          <ImportLabels
            slug={manifest.project.slug}
            clip={manifest}
            isOpen
            onClose={importing.close}
            onOpen={openLabelSet}
          />
        </Suspense>
      ) : null}
    </>
  );
}
