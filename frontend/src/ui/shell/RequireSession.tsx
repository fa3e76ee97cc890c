import { useQuery } from '@tanstack/react-query';
import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useRoute } from 'wouter';

import { LoginPage } from '../pages/LoginPage';
import { SecondFactorFirst } from '../pages/trust/SecondFactorFirst';
import { sentenceOf } from '../server/errors';
import { sessionQuery } from '../server/queries';
import { Loading } from './Loading';
import { Notice } from './Notice';

/** Shows what is inside to people who are logged in, and the login page to others, at the same address. */
export function RequireSession({ children }: { readonly children: ReactNode }) {
  const session = useQuery(sessionQuery);
  // Who is invited has no account yet.
  const [isJoining] = useRoute('/join');
  if (session.isPending) return <Loading what="labelapp" />;
  if (session.isError) {
    return (
      <Notice
        icon={<IconPlugConnectedX size={32} stroke={1.5} />}
        title="The server does not answer"
        action={<Button onClick={() => void session.refetch()}>Try again</Button>}
      >
        {sentenceOf(session.error)}
      </Notice>
    );
  }
  if (session.data === null) return isJoining ? children : <LoginPage />;
  return session.data.needs_second_factor === true ? <SecondFactorFirst /> : children;
}
