import { ActionIcon, Menu, Tooltip, UnstyledButton } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronDown,
  IconChevronLeft,
  IconCommand,
  IconCubePlus,
  IconFileExport,
  IconHelp,
  IconLayoutBottombar,
  IconLayoutSidebar,
  IconLayoutSidebarRight,
  IconPointer,
  IconTool,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { Brand } from '../shell/Brand';
import { UserMenu } from '../shell/PageShell';
import { useLabelling, useLayout, useReadable, useSession } from './hooks';
import { Keys } from './Keys';
import { LabelSetMenu } from './LabelSetMenu';
import { LayoutMenu } from './LayoutMenu';
import { OperationButton } from './OperationButton';
import { People } from './People';
import { SaveState } from './SaveState';

const TOOL_ICONS: Readonly<Record<string, ReactNode>> = {
  select: <IconPointer size={17} stroke={1.6} />,
  box: <IconCubePlus size={17} stroke={1.6} />,
};

/** What is open, the tools, and whether it is saved. */
export function Header() {
  const { editor } = useLabelling();
  const { manifest } = editor.clip;
  return (
    <header className="tool-header">
      <div className="header-part">
        <Tooltip label={`Back to the clips of ${manifest.project.name}`}>
          <Link
            href={`/projects/${manifest.project.slug}`}
            className="header-home"
            aria-label={`Back to the clips of ${manifest.project.name}`}
          >
            <IconChevronLeft size={14} />
            <Brand size={20} />
          </Link>
        </Tooltip>
        <h1 className="clip-name" title={manifest.name}>
          {manifest.name}
        </h1>
        <LabelSetMenu />
      </div>
      <div className="header-part header-tools" role="toolbar" aria-label="Tools">
        <Tools />
        <span className="header-gap" />
        <ActiveClass />
        <span className="header-gap" />
        <History />
      </div>
      <div className="header-part header-right">
        <People />
        <SaveState />
        <span className="header-gap" />
        <PanelButtons />
        <LayoutMenu />
        <Tooltip label="Exports of the project">
          <ActionIcon
            component={Link}
            href={`/projects/${manifest.project.slug}/exports`}
            size={28}
            variant="subtle"
            color="gray"
            aria-label="Exports of the project"
          >
            <IconFileExport size={17} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <OperationButton id="help.palette" icon={<IconCommand size={16} stroke={1.6} />} size={28} />
        <OperationButton id="help.keys" icon={<IconHelp size={17} stroke={1.6} />} size={28} />
        <UserMenu />
      </div>
    </header>
  );
}

function Tools() {
  const { editor } = useLabelling();
  const toolId = useSession((session) => session.toolId);
  return editor.tools.map((tool) => (
    <OperationButton
      key={tool.id}
      id={`tool.${tool.id}`}
      isOn={tool.id === toolId}
      icon={TOOL_ICONS[tool.id] ?? <IconTool size={17} stroke={1.6} />}
      size={30}
    />
  ));
}

/** The class that the next label gets. */
function ActiveClass() {
  const { editor, colorOf, titleOf } = useLabelling();
  const active = useSession((session) => session.activeClass);
  const { classes } = editor.layer;
  if (active === null) return null;
  return (
    <Menu position="bottom-start" width={220}>
      <Menu.Target>
        <UnstyledButton className="class-chip" title="The class of the next label" data-testid="active-class">
          <span className="swatch" style={{ background: colorOf(active) }} />
          <span className="class-chip-text">{titleOf(active)}</span>
          <IconChevronDown size={13} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        <Menu.Label>The next label is a</Menu.Label>
        {classes.map((item) => (
          <Menu.Item
            key={item.name}
            fz={13}
            py={5}
            leftSection={<span className="swatch" style={{ background: colorOf(item.name) }} />}
            rightSection={<Keys id={`class.${item.name}`} />}
            onClick={() => editor.session.set({ activeClass: item.name })}
          >
            {item.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function History() {
  const { editor } = useLabelling();
  useReadable(editor.history.state);
  return (
    <>
      <OperationButton id="edit.undo" icon={<IconArrowBackUp size={17} stroke={1.6} />} size={28} />
      <OperationButton id="edit.redo" icon={<IconArrowForwardUp size={17} stroke={1.6} />} size={28} />
    </>
  );
}

function PanelButtons() {
  const isLeftOpen = useLayout((layout) => layout.isLeftOpen);
  const isRightOpen = useLayout((layout) => layout.isRightOpen);
  const isTimelineOpen = useLayout((layout) => layout.isTimelineOpen);
  return (
    <span
      className="panel-buttons"
      data-left={isLeftOpen}
      data-right={isRightOpen}
      data-bottom={isTimelineOpen}
    >
      <OperationButton id="view.left_panel" icon={<IconLayoutSidebar size={17} stroke={1.6} />} size={28} />
      <OperationButton id="view.timeline" icon={<IconLayoutBottombar size={17} stroke={1.6} />} size={28} />
      <OperationButton
        id="view.right_panel"
        icon={<IconLayoutSidebarRight size={17} stroke={1.6} />}
        size={28}
      />
    </span>
  );
}
