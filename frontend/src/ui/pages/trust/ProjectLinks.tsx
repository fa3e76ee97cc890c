import { Button } from '@mantine/core';
import {
  IconHistory,
  IconLayoutKanban,
  IconSchool,
  IconSparkles,
  IconTargetArrow,
  IconWebhook,
} from '@tabler/icons-react';
import { Link } from 'wouter';

import type { Role } from '../../../api/types';

/** The ways from a project to its training, for who runs it to its queues, and for admins to its quality and its log. */
export function ProjectLinks({ slug, role }: { readonly slug: string; readonly role: Role }) {
  const links = [
    ...(role === 'labeller'
      ? []
      : [{ to: 'board', label: 'Board', icon: <IconLayoutKanban size={16} stroke={1.6} /> }]),
    { to: 'training', label: 'Training', icon: <IconSchool size={16} stroke={1.6} /> },
    ...(role === 'admin'
      ? [
          { to: 'quality', label: 'Quality', icon: <IconTargetArrow size={16} stroke={1.6} /> },
          { to: 'webhooks', label: 'Webhooks', icon: <IconWebhook size={16} stroke={1.6} /> },
          { to: 'pre-labels', label: 'Pre-labels', icon: <IconSparkles size={16} stroke={1.6} /> },
          { to: 'audit', label: 'Audit log', icon: <IconHistory size={16} stroke={1.6} /> },
        ]
      : []),
  ];
  return links.map(({ to, label, icon }) => (
    <Button
      key={to}
      component={Link}
      href={`/projects/${slug}/${to}`}
      variant="default"
      size="sm"
      leftSection={icon}
      data-testid={`${to}-link`}
    >
      {label}
    </Button>
  ));
}
