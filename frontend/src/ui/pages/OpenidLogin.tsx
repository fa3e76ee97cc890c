import { Alert, Button, Divider, Stack } from '@mantine/core';
import { IconAlertCircle, IconKey } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';

import { sentenceOf } from '../server/errors';
import { openidApi, openidQuery } from '../server/openid';

/** The way to the provider, and why it led nowhere; nothing where nobody logs in that way. */
export function OpenidLogin() {
  const openid = useQuery(openidQuery);
  const begin = useMutation({
    mutationFn: () => {
      const { pathname, search, hash } = window.location;
      return openidApi.begin(pathname + search + hash);
    },
    onSuccess: (url) => window.location.assign(url),
  });
  if (openid.data === undefined || openid.data.name === null) return null;
  const refusal = begin.isError ? sentenceOf(begin.error) : openid.data.refusal;
  return (
    <Stack gap="md">
      <Divider label="or" />
      {refusal === null || begin.isPending ? null : (
        <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert" data-testid="openid-refusal">
          {refusal}
        </Alert>
      )}
      <Button
        variant="default"
        leftSection={<IconKey size={16} />}
        loading={begin.isPending}
        onClick={() => begin.mutate()}
        data-testid="openid-login"
      >
        Log in with {openid.data.name}
      </Button>
    </Stack>
  );
}
