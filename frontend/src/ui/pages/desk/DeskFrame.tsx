import { Anchor, Breadcrumbs, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';

import { projectQuery } from '../../server/queries';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { PageShell } from '../../shell/PageShell';
import './desk.css';

const PAGES = [
  { to: 'board', label: 'Board', isForAdmins: false },
  { to: 'live', label: 'Live', isForAdmins: false },
  { to: 'progress', label: 'Progress', isForAdmins: false },
  { to: 'people', label: 'People', isForAdmins: true },
  { to: 'workflow', label: 'Workflow', isForAdmins: true },
] as const;

/** The frame of the pages from which a project's work is run: where one is, and the ways to its neighbours. */
export function DeskFrame({
  slug,
  isForAdmins = false,
  aside,
  children,
}: {
  readonly slug: string;
  /** Whether others are told that this page isn't for them. */
  readonly isForAdmins?: boolean;
  /** What stands at the right of the pages' names. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  const project = useQuery(projectQuery(slug));
  const [place] = useLocation();
  if (project.isPending) return <Loading what="the project" />;
  const role = project.data?.role;
  const isRefused = role === undefined || role === 'labeller' || (isForAdmins && role !== 'admin');
  const pages = PAGES.filter((page) => role === 'admin' || !page.isForAdmins);
  const current = PAGES.find((page) => place.endsWith(`/${page.to}`));
  return (
    <PageShell
      trail={
        <Breadcrumbs separatorMargin={6} fz="sm" ml="sm">
          <Anchor component={Link} href={`/projects/${slug}`} size="sm">
            {project.data?.name ?? slug}
          </Anchor>
          <Text size="sm">{current?.label}</Text>
        </Breadcrumbs>
      }
    >
      {isRefused ? (
        <Notice title="This page is for who runs the project">
          {role === undefined
            ? 'There is no such project, or you are not a member of it.'
            : `As ${role} you find your own work on the first page.`}
        </Notice>
      ) : (
        <Stack gap="md">
          <Group gap="md" wrap="wrap">
            <h1 className="visually-hidden">{current?.label}</h1>
            <nav aria-label="Running the project" className="desk-pages">
              {pages.map((page) => (
                <Link
                  key={page.to}
                  href={`/projects/${slug}/${page.to}`}
                  aria-current={page === current ? 'page' : undefined}
                >
                  {page.label}
                </Link>
              ))}
            </nav>
            <Group ml="auto" gap="xs">
              {aside}
            </Group>
          </Group>
          {children}
        </Stack>
      )}
    </PageShell>
  );
}
