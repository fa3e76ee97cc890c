import type { Role } from '../../../api/deskApi';

export const ROLES: readonly { readonly value: Role; readonly label: string }[] = [
  { value: 'labeller', label: 'Labeller' },
  { value: 'reviewer', label: 'Reviewer' },
  { value: 'engineer', label: 'Engineer' },
  { value: 'admin', label: 'Admin' },
];
