import { Anchor, Breadcrumbs, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { projectQuery } from '../../server/queries';
import { PageShell } from '../../shell/PageShell';

/** A page about one project: where one is, its title, and what it shows. */
export function ProjectFrame({
  slug,
  title,
  children,
}: {
  readonly slug: string;
  readonly title: string;
  readonly children: ReactNode;
}) {
  const project = useQuery(projectQuery(slug));
  return (
    <PageShell
      trail={
        <Breadcrumbs separatorMargin={6} fz="sm" ml="sm">
          <Anchor component={Link} href={`/projects/${slug}`} size="sm">
            {project.data?.name ?? slug}
          </Anchor>
          <Text size="sm">{title}</Text>
        </Breadcrumbs>
      }
    >
      <Stack gap="xl" maw={1180} mx="auto">
        <Title order={1} size="h3">
          {title}
        </Title>
        {children}
      </Stack>
    </PageShell>
  );
}

/** `86 %`, or a dash before there is one. */
export function formatScore(score: number | null): string {
  return score === null ? '–' : `${Math.round(score * 100)} %`;
}
