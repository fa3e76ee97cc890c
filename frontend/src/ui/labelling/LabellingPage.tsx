import { Button } from '@mantine/core';
import { IconMovieOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'wouter';

import { sentenceOf } from '../server/errors';
import { sessionQuery } from '../server/queries';
import { Loading } from '../shell/Loading';
import { Notice } from '../shell/Notice';
import { followSession } from './address';
import { LabellingProvider } from './hooks';
import type { Labelling } from './labelling';
import { LabellingScreen } from './LabellingScreen';
import { openClip } from './openClip';

type State =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly sentence: string }
  | { readonly kind: 'open'; readonly labelling: Labelling };

/** Opens a clip and shows the labelling screen for it. */
export function LabellingPage({ slug, clipId }: { readonly slug: string; readonly clipId: string }) {
  const { data: user } = useQuery(sessionQuery);
  const [params] = useSearchParams();
  const labelSetId = params.get('set');
  const taskId = params.get('task');
  const userId = user?.id ?? '';
  const [state, setState] = useState<State>({ kind: 'loading' });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let isLeft = false;
    let opened: Labelling | null = null;
    let stopAddress: (() => void) | null = null;
    setState({ kind: 'loading' });
    openClip(clipId, userId, window.location.search).then(
      (labelling) => {
        if (isLeft) {
          labelling.dispose();
          return;
        }
        opened = labelling;
        stopAddress = followSession(labelling.editor);
        document.title = `${labelling.editor.clip.manifest.name} · labelapp`;
        setState({ kind: 'open', labelling });
      },
      (error: unknown) => {
        if (!isLeft) setState({ kind: 'failed', sentence: sentenceOf(error) });
      },
    );
    return () => {
      isLeft = true;
      document.title = 'labelapp';
      stopAddress?.();
      // React takes the views away first; then what they drew with goes.
      if (opened !== null) setTimeout(() => opened?.dispose(), 0);
    };
  }, [clipId, userId, labelSetId, taskId, attempt]);

  if (state.kind === 'loading') return <Loading what="the clip" />;
  if (state.kind === 'failed') {
    return (
      <Notice
        icon={<IconMovieOff size={32} stroke={1.5} />}
        title="The clip could not be opened"
        action={
          <span style={{ display: 'flex', gap: 8 }}>
            <Button onClick={() => setAttempt(attempt + 1)}>Try again</Button>
            <Button component={Link} href={`/projects/${slug}`} variant="default">
              To the clips
            </Button>
          </span>
        }
      >
        {state.sentence}
      </Notice>
    );
  }
  return (
    <LabellingProvider value={state.labelling}>
      <LabellingScreen key={`${state.labelling.labelSet.id} ${state.labelling.desk?.task.id ?? ''}`} />
    </LabellingProvider>
  );
}
