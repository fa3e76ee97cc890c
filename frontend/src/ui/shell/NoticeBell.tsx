import { ActionIcon, Indicator, Popover, ScrollArea, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';

import { formatMoment } from '../format';
import { noticesQuery, trustApi } from '../server/trust';

/** What happened that one should know: how much is new, and what. */
export function NoticeBell() {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const notices = useQuery(noticesQuery);
  const read = useMutation({
    mutationFn: () => trustApi.readNotices(),
    onSuccess: () => queries.invalidateQueries({ queryKey: noticesQuery.queryKey }),
  });
  const unread = notices.data?.unread ?? 0;
  const rows = notices.data?.results ?? [];
  const toggle = () => {
    // What was seen is read when it is closed, so that one sees what is new.
    if (isOpen && unread > 0) read.mutate();
    setOpen(!isOpen);
  };
  return (
    <Popover opened={isOpen} onDismiss={toggle} position="bottom-end" width={360}>
      <Indicator label={unread} size={16} offset={4} disabled={unread === 0}>
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={unread === 0 ? 'Notices' : `Notices, ${unread} new`}
            onClick={toggle}
            data-testid="notices"
          >
            <IconBell size={18} stroke={1.6} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown p="xs">
        {rows.length === 0 ? (
          <Text size="sm" c="dimmed" p="xs">
            Nothing yet. Work that comes back, mentions and finished exports appear here.
          </Text>
        ) : (
          <ScrollArea.Autosize mah={420}>
            <Stack gap={2}>
              {rows.map((notice) => (
                <UnstyledButton
                  key={notice.id}
                  p="xs"
                  onClick={() => {
                    toggle();
                    if (notice.link !== undefined && notice.link !== '') navigate(notice.link);
                  }}
                >
                  <Text size="sm" fw={notice.read_at === null ? 600 : 400}>
                    {notice.text}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {formatMoment(notice.created_at)}
                  </Text>
                </UnstyledButton>
              ))}
            </Stack>
          </ScrollArea.Autosize>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
