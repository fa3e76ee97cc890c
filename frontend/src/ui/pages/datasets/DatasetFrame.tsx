import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { projectQuery } from '../../server/queries';
import { PageShell } from '../../shell/PageShell';

/** A page about data sets: where one is, its title, what can be done, and what it shows. */
export function DatasetFrame({
  slug,
  title,
  trail = [],
  actions,
  children,
}: {
  readonly slug: string;
  readonly title: ReactNode;
  /** What lies between the list of data sets and this page. */
  readonly trail?: readonly { readonly label: string; readonly to?: string }[];
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const project = useQuery(projectQuery(slug));
  const steps: readonly { readonly label: string; readonly to?: string }[] = [
    { label: project.data?.name ?? slug, to: `/projects/${slug}` },
    { label: 'Data sets', ...(trail.length === 0 ? {} : { to: `/projects/${slug}/datasets` }) },
    ...trail,
  ];
  return (
    <PageShell
      trail={
        <Breadcrumbs separatorMargin={6} fz="sm" ml="sm">
          {steps.map(({ label, to }) =>
            to !== undefined ? (
              <Anchor key={label} component={Link} href={to} size="sm">
                {label}
              </Anchor>
            ) : (
              <Text key={label} size="sm">
                {label}
              </Text>
            ),
          )}
        </Breadcrumbs>
      }
    >
      <Stack gap="lg" maw={1180} mx="auto">
        <Group gap="md">
          <Title order={1} size="h3">
            {title}
          </Title>
          <Group gap="sm" ml="auto">
            {actions}
          </Group>
        </Group>
        {children}
      </Stack>
    </PageShell>
  );
}
