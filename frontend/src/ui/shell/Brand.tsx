/** The mark: a box seen from its corner. */
export function Brand({ size = 22 }: { readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      stroke="var(--mantine-primary-color-filled)"
      strokeWidth={2.4}
      strokeLinejoin="round"
      aria-hidden
    >
      <path d="M4 11 18 7l10 5-14 4.500zM4 11v10l10 6V16.500M14 27l14-6V12" />
    </svg>
  );
}
