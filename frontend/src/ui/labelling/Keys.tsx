import { useOperation } from './useOperation';

/** The keys of an operation, as the person has them; nothing where it has none. */
export function Keys({ id }: { readonly id: string }) {
  const { item } = useOperation(id);
  return <KeyList keys={item.keys} />;
}

export function KeyList({ keys }: { readonly keys: readonly string[] }) {
  return keys.map((key) => (
    <kbd key={key} className="key">
      {key}
    </kbd>
  ));
}
