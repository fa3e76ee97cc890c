import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';

import type { Role } from '../../api/types';
import { projectQuery } from '../server/queries';

interface Tab {
  /** The page's path below the project's. */
  readonly to: string;
  readonly label: string;
  readonly roles: 'all' | 'not labellers' | 'admins';
  /** Paths of pages that belong to this one. */
  readonly others?: readonly string[];
}

const TABS: readonly Tab[] = [
  { to: '', label: 'Clips', roles: 'all' },
  {
    to: 'board',
    label: 'Board',
    roles: 'not labellers',
    others: ['live', 'progress', 'people', 'workflow'],
  },
  { to: 'training', label: 'Training', roles: 'all', others: ['attempts'] },
  { to: 'quality', label: 'Quality', roles: 'admins' },
  { to: 'agreement', label: 'Agreement', roles: 'admins' },
  { to: 'pre-labels', label: 'Pre-labels', roles: 'admins' },
  {
    to: 'datasets',
    label: 'Data sets',
    roles: 'not labellers',
    others: ['dataset-versions', 'hold-outs', 'preview'],
  },
  { to: 'exports', label: 'Exports', roles: 'all' },
  { to: 'webhooks', label: 'Webhooks', roles: 'admins' },
  { to: 'audit', label: 'Audit log', roles: 'admins' },
];

/** The pages of a project that a person's role opens, side by side. */
export function ProjectTabs({ slug }: { readonly slug: string }) {
  const project = useQuery(projectQuery(slug));
  const [place] = useLocation();
  const current = useRef<HTMLAnchorElement>(null);
  const [page = ''] = place.split('/').slice(3);
  // On a narrow screen the row scrolls; scrollIntoView would move the page as well.
  useEffect(() => {
    const tab = current.current;
    if (tab?.parentElement) tab.parentElement.scrollLeft = tab.offsetLeft - 120;
  }, [page, project.isSuccess]);
  if (!project.isSuccess) return <nav className="project-tabs" aria-label="Pages of the project" />;
  const { role } = project.data;
  return (
    <nav className="project-tabs" aria-label={`Pages of ${project.data.name}`}>
      {TABS.filter((tab) => isOpenTo(tab, role)).map((tab) => {
        const isCurrent = page === tab.to || tab.others?.includes(page) === true;
        return (
          <Link
            key={tab.to}
            ref={isCurrent ? current : undefined}
            href={`/projects/${slug}${tab.to === '' ? '' : `/${tab.to}`}`}
            aria-current={isCurrent ? 'page' : undefined}
            data-testid={`${tab.to === '' ? 'clips' : tab.to}-link`}
          >
            {tab.label}
          </Link>
        );
      })}
    </nav>
  );
}

function isOpenTo(tab: Tab, role: Role): boolean {
  if (tab.roles === 'all') return true;
  return tab.roles === 'admins' ? role === 'admin' : role !== 'labeller';
}
