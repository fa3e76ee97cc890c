import { Badge, Button, Checkbox, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Webhook } from '../../../api/trustAdminApi';
import { ShownOnce } from '../../controls/ShownOnce';
import { formatMoment } from '../../format';
import { trustAdminApi, webhooksQuery } from '../../server/trustAdmin';
import { Loading } from '../../shell/Loading';
import { DeliveryTable } from './DeliveryTable';
import { Problem } from './Problem';
import { ProjectFrame } from './ProjectFrame';
import { Section } from './Section';

const EVENTS: readonly (readonly [string, string])[] = [
  ['task.submit', 'a task was submitted'],
  ['task.accept', 'a reviewer accepted it'],
  ['task.send_back', 'a reviewer sent it back'],
  ['task.skip', 'somebody skipped it'],
  ['task.reopen', 'an admin opened it again'],
  ['task.cancel', 'an admin cancelled it'],
  ['export.done', 'an export is ready'],
  ['export.failed', 'an export failed'],
];

/** The programs that are told of what happens in a project; for admins. */
export function WebhooksPage({ slug }: { readonly slug: string }) {
  const webhooks = useQuery(webhooksQuery(slug));
  return (
    <ProjectFrame slug={slug} title="Webhooks">
      <NewWebhook slug={slug} />
      {webhooks.isPending ? <Loading what="webhooks" /> : null}
      <Problem error={webhooks.error} />
      {webhooks.data?.map((webhook) => (
        <WebhookPanel key={webhook.id} slug={slug} webhook={webhook} />
      ))}
    </ProjectFrame>
  );
}

function NewWebhook({ slug }: { readonly slug: string }) {
  const queries = useQueryClient();
  const [url, setUrl] = useState('');
  const [events, setEvents] = useState<string[]>(['task.submit', 'task.accept']);
  const create = useMutation({
    mutationFn: () => trustAdminApi.createWebhook(slug, url.trim(), events),
    onSuccess: async () => {
      setUrl('');
      await queries.invalidateQueries({ queryKey: webhooksQuery(slug).queryKey });
    },
  });
  return (
    <Section title="New webhook">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            An address that is sent a signed message when something happens, until it answers yes.
          </Text>
          <TextInput
            label="Address"
            placeholder="https://example.org/hooks/labelapp"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <Checkbox.Group label="Tell it when" value={events} onChange={setEvents}>
            <SimpleGrid cols={{ base: 2, sm: 4 }} spacing={6} mt={6}>
              {EVENTS.map(([event, meaning]) => (
                <Checkbox key={event} value={event} label={meaning} />
              ))}
            </SimpleGrid>
          </Checkbox.Group>
          <Problem error={create.error} />
          {create.isSuccess ? (
            <ShownOnce
              title="Its secret: copy it now, it is not shown again"
              testId="webhook-secret"
              value={create.data}
            />
          ) : null}
          <Button
            type="submit"
            w="fit-content"
            loading={create.isPending}
            disabled={url.trim() === '' || events.length === 0}
          >
            Make the webhook
          </Button>
        </Stack>
      </form>
    </Section>
  );
}

function WebhookPanel({ slug, webhook }: { readonly slug: string; readonly webhook: Webhook }) {
  const queries = useQueryClient();
  const [isSure, setIsSure] = useState(false);
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: ['webhooks', webhook.id] });
    await queries.invalidateQueries({ queryKey: webhooksQuery(slug).queryKey });
  };
  const test = useMutation({ mutationFn: () => trustAdminApi.testWebhook(webhook.id), onSuccess: refresh });
  const renew = useMutation({ mutationFn: () => trustAdminApi.renewSecret(webhook.id) });
  const remove = useMutation({
    mutationFn: () => trustAdminApi.removeWebhook(webhook.id),
    onSuccess: refresh,
  });
  return (
    <Section
      title={webhook.url}
      action={
        <Group gap="xs">
          <Button size="compact-sm" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            Send a test
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            loading={renew.isPending}
            onClick={() => renew.mutate()}
          >
            New secret
          </Button>
          <Button
            size="compact-sm"
            variant={isSure ? 'filled' : 'default'}
            color={isSure ? 'red' : 'gray'}
            loading={remove.isPending}
            onBlur={() => setIsSure(false)}
            onClick={() => {
              if (isSure) remove.mutate();
              else setIsSure(true);
            }}
          >
            {isSure ? 'Remove it with its log' : 'Remove'}
          </Button>
        </Group>
      }
    >
      <Group gap="xs" mb="xs">
        {webhook.events.map((event) => (
          <Badge key={event} variant="light" tt="none" color="gray">
            {event}
          </Badge>
        ))}
        <Text size="sm" c="dimmed">
          since {formatMoment(webhook.created_at)}
        </Text>
      </Group>
      <Problem error={test.error ?? renew.error ?? remove.error} />
      {renew.isSuccess ? (
        <ShownOnce
          title="Its secret: copy it now, it is not shown again"
          testId="webhook-secret"
          value={renew.data}
        />
      ) : null}
      <DeliveryTable webhookId={webhook.id} />
    </Section>
  );
}
