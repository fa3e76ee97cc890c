/** The pages from which work is run, as one part of the program: labellers don't fetch it. */
export { BoardPage } from './BoardPage';
export { LivePage } from './LivePage';
export { PeoplePage } from './PeoplePage';
export { ProgressPage } from './ProgressPage';
export { WorkflowPage } from './WorkflowPage';
