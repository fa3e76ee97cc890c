import { Center, Loader, Text } from '@mantine/core';

export function Loading({ what }: { readonly what: string }) {
  return (
    <Center h="100%" mih={240} style={{ flexDirection: 'column', gap: 12 }} role="status">
      <Loader size="sm" />
      <Text size="sm" c="dimmed">
        Loading {what}
      </Text>
    </Center>
  );
}
