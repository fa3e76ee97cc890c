import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';

import { openLabelSet } from './address';
import { useLabelling } from './hooks';

/** Which labels are on the screen: people's own, or another source's to look at. */
export function LabelSetMenu() {
  const { editor, labelSet } = useLabelling();
  const { layers } = editor.clip.manifest.ontology;
  const others = editor.clip.manifest.label_sets.filter(
    (item) => layers.some((layer) => layer.name === item.layer) && item.id !== labelSet.id,
  );
  const titleOf = (layer: string): string => layers.find((item) => item.name === layer)?.title ?? layer;
  return (
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
          {titleOf(labelSet.layer)}, {labelSet.source}
        </Menu.Item>
        {others.map((item) => (
          <Menu.Item
            key={item.id}
            fz={13}
            leftSection={<span style={{ width: 14 }} />}
            rightSection={<span className="chip-dim">{item.label_count}</span>}
            onClick={() => openLabelSet(item.id)}
          >
            {titleOf(item.layer)}, {item.source}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
