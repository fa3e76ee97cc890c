import { Anchor, Box, Container, Group, Menu, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconKey, IconLogout, IconSettings } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useRoute } from 'wouter';

import { isSettingsOpen } from '../look/look';
import { usePreference } from '../server/preferences';
import { sessionQuery, useLogout } from '../server/queries';
import { Brand } from './Brand';
import { NoticeBell } from './NoticeBell';
import { ProjectTabs } from './ProjectTabs';
import { SettingsDialog } from './SettingsDialog';

/** The frame of every page but the labelling screen. */
export function PageShell({
  trail,
  children,
}: {
  /** Where one is: what stands beside the mark. */
  readonly trail?: ReactNode;
  readonly children: ReactNode;
}) {
  const [isInProject, params] = useRoute('/projects/:slug/*?');
  return (
    <Box className="page">
      <header className="page-header">
        <Container size={1400} h="100%">
          <Group h="100%" gap="sm" wrap="nowrap">
            <Anchor component={Link} href="/" className="page-brand" underline="never" c="inherit">
              <Brand />
              <Text fw={650} size="md">
                labelapp
              </Text>
            </Anchor>
            {trail}
            <Box flex={1} />
            <NoticeBell />
            <UserMenu />
          </Group>
        </Container>
      </header>
      {isInProject ? (
        <Container size={1400}>
          <ProjectTabs slug={params.slug} />
        </Container>
      ) : null}
      <Container size={1400} component="main" py="xl">
        {children}
      </Container>
    </Box>
  );
}

/** Who is logged in, and the way out. */
export function UserMenu() {
  const { data: user } = useQuery(sessionQuery);
  const logout = useLogout();
  const isOpen = usePreference(isSettingsOpen);
  if (user === null || user === undefined) return null;
  const name = user.display_name === '' ? user.username : user.display_name;
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <UnstyledButton className="user-button" data-testid="user-menu">
            <span className="visually-hidden">Account of {name}</span>
            <span className="user-initials" aria-hidden>
              {initials(name)}
            </span>
            <IconChevronDown size={14} stroke={1.6} />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{name}</Menu.Label>
          <Menu.Item
            leftSection={<IconSettings size={16} stroke={1.6} />}
            onClick={() => isSettingsOpen.set(true)}
            data-testid="open-settings"
          >
            Settings
          </Menu.Item>
          <Menu.Item component={Link} href="/account" leftSection={<IconKey size={16} stroke={1.6} />}>
            Password and tokens
          </Menu.Item>
          <Menu.Item
            leftSection={<IconLogout size={16} stroke={1.6} />}
            onClick={() => logout.mutate()}
            data-testid="logout"
          >
            Log out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <SettingsDialog isOpen={isOpen} onClose={() => isSettingsOpen.set(false)} />
    </>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
}
