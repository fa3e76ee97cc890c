import { Center, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** An empty or broken place: what it is, and what to do. */
export function Notice({
  icon,
  title,
  children,
  action,
}: {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <Center mih={280} p="xl">
      <Stack align="center" gap="sm" maw={460}>
        {icon}
        <Title order={2} size="h4" ta="center">
          {title}
        </Title>
        <Text size="sm" c="dimmed" ta="center" component="div">
          {children}
        </Text>
        {action}
      </Stack>
    </Center>
  );
}
