import { ActionIcon, Menu } from '@mantine/core';
import { IconCheck, IconLayoutDashboard } from '@tabler/icons-react';

import { useLabelling } from './hooks';
import { useOperation } from './useOperation';

const PRESETS = ['layout.space', 'layout.pictures', 'layout.batch', 'layout.usual'];
const DOCKS = ['layout.cameras_right', 'layout.cameras_left', 'layout.cameras_bottom', 'view.cameras'];
const PROPERTIES = ['layout.properties_right', 'layout.properties_left'];

/** Where the panels stand: arrangements for a kind of work, and each panel's own place. */
export function LayoutMenu() {
  return (
    <Menu position="bottom-end" width={310} shadow="md">
      <Menu.Target>
        <ActionIcon
          size={28}
          variant="subtle"
          color="gray"
          title="Arrange the panels"
          aria-label="Arrange the panels"
          data-testid="layout-menu"
        >
          <IconLayoutDashboard size={17} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Items title="Arrangements" ids={PRESETS} />
        <Items title="Cameras" ids={DOCKS} />
        <Items title="Properties" ids={PROPERTIES} />
      </Menu.Dropdown>
    </Menu>
  );
}

function Items({ title, ids }: { readonly title: string; readonly ids: readonly string[] }) {
  return (
    <>
      <Menu.Label>{title}</Menu.Label>
      {ids.map((id) => (
        <Item key={id} id={id} />
      ))}
    </>
  );
}

function Item({ id }: { readonly id: string }) {
  const { item, run } = useOperation(id);
  const isOn = useLabelling().isLayoutOn(id);
  return (
    <Menu.Item
      fz={13}
      py={5}
      leftSection={isOn ? <IconCheck size={14} /> : <span style={{ display: 'inline-block', width: 14 }} />}
      rightSection={item.keys.map((key) => (
        <kbd key={key} className="key">
          {key}
        </kbd>
      ))}
      disabled={item.disabledReason !== null}
      onClick={run}
      data-testid={`menu-${id}`}
    >
      {item.title}
    </Menu.Item>
  );
}
