import { Group, Paper, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A framed part of a page: what it is called, what can be done there, and what it shows. */
export function Section({
  title,
  action,
  children,
}: {
  readonly title: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {title}
        </Title>
        {action}
      </Group>
      {children}
    </Paper>
  );
}
