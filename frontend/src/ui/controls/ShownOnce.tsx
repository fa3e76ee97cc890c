import { Alert, Button, Code, CopyButton, Group } from '@mantine/core';

/** A secret that the product keeps no copy of: to be taken along now. */
export function ShownOnce({
  title,
  value,
  testId,
}: {
  readonly title: string;
  readonly value: string;
  readonly testId: string;
}) {
  return (
    <Alert color="accent" variant="light" title={title}>
      <Group gap="sm">
        <Code data-testid={testId}>{value}</Code>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}
