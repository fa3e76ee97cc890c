import { Button, Code } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Component, type ReactNode } from 'react';

import { Notice } from './Notice';

interface State {
  readonly error: Error | null;
}

/** A mistake of ours ends here: what was done is safe in the browser's store, and the page can be loaded anew. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Notice
        icon={<IconAlertTriangle size={32} stroke={1.5} />}
        title="Something went wrong in the page"
        action={<Button onClick={() => window.location.reload()}>Load the page again</Button>}
      >
        <p>
          What you have labelled is safe: changes that the server does not have yet are kept in this browser
          and are sent after the page is loaded again.
        </p>
        <Code block>{error.message}</Code>
      </Notice>
    );
  }
}
