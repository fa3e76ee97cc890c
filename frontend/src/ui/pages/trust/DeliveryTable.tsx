import { Badge, Button, Code, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Fragment, useState } from 'react';

import type { Delivery } from '../../../api/trustAdminApi';
import { formatMoment } from '../../format';
import { deliveriesQuery, trustAdminApi } from '../../server/trustAdmin';
import { Problem } from './Problem';

const COLORS: Readonly<Record<string, string>> = { delivered: 'teal', waiting: 'blue', failed: 'red' };

/** What was sent to a webhook, the newest first, and what it answered. */
export function DeliveryTable({ webhookId }: { readonly webhookId: string }) {
  const queries = useQueryClient();
  const deliveries = useQuery(deliveriesQuery(webhookId));
  const [openId, setOpenId] = useState<string | null>(null);
  const again = useMutation({
    mutationFn: (deliveryId: string) => trustAdminApi.deliverAgain(deliveryId),
    onSuccess: () => queries.invalidateQueries({ queryKey: deliveriesQuery(webhookId).queryKey }),
  });
  const rows = deliveries.data?.results ?? [];
  if (deliveries.isSuccess && rows.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing was sent yet.
      </Text>
    );
  }
  return (
    <>
      <Table data-testid="deliveries" verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>Event</Table.Th>
            <Table.Th>Outcome</Table.Th>
            <Table.Th aria-label="What can be done" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((one) => (
            <Fragment key={one.id}>
              <Table.Tr>
                <Table.Td>{formatMoment(one.created_at)}</Table.Td>
                <Table.Td>{one.event}</Table.Td>
                <Table.Td maw={480}>
                  <Badge variant="light" tt="none" mr="xs" color={COLORS[one.state] ?? 'gray'}>
                    {one.state}
                  </Badge>
                  <Text span size="sm" c="dimmed" style={{ wordBreak: 'break-word' }}>
                    {outcomeOf(one)}
                  </Text>
                </Table.Td>
                <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    aria-expanded={openId === one.id}
                    onClick={() => setOpenId(openId === one.id ? null : one.id)}
                  >
                    Body
                  </Button>
                  <Button size="compact-sm" variant="default" onClick={() => again.mutate(one.id)}>
                    Send again
                  </Button>
                </Table.Td>
              </Table.Tr>
              {openId === one.id ? (
                <Table.Tr>
                  <Table.Td colSpan={4}>
                    <Code block style={{ whiteSpace: 'pre-wrap', wordBreak: 'break-word' }}>
                      {one.body}
                    </Code>
                  </Table.Td>
                </Table.Tr>
              ) : null}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
      <Problem error={deliveries.error ?? again.error} />
    </>
  );
}

/** `204 after 1 try`, or the sentence of what went wrong. */
function outcomeOf(one: Delivery): string {
  const tries = one.attempts === 1 ? '1 try' : `${one.attempts} tries`;
  if (one.state === 'delivered') return `${one.status ?? ''} after ${tries}`;
  if (one.attempts === 0) return 'on its way';
  const next = one.state === 'waiting' ? `; next try ${formatMoment(one.next_try_at ?? one.created_at)}` : '';
  return `${one.problem} (${tries}${next})`;
}
