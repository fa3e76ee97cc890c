import { Tooltip } from '@mantine/core';

import { colorOfPerson, initialsOf, type PersonHere } from '../../core/presence/presence';
import { useLabelling, useSession } from './hooks';
import { labelName } from './labelNames';

/** So many are shown one by one. */
const SHOWN = 4;

/** Who else has the clip open: initials in their colour, by name and with what they are at in the tooltip. */
export function People() {
  const others = useSession((session) => session.others);
  if (others.length === 0) return null;
  const rest = others.slice(SHOWN);
  return (
    <ul className="people" aria-label="Also on this clip" data-testid="people">
      {others.slice(0, SHOWN).map((person) => (
        <Person key={person.tab_id} person={person} />
      ))}
      {rest.length === 0 ? null : (
        <li className="person person-rest" title={rest.map((person) => person.display_name).join(', ')}>
          +{rest.length}
        </li>
      )}
    </ul>
  );
}

function Person({ person }: { readonly person: PersonHere }) {
  const { editor, labelSet, titleOf } = useLabelling();
  const [first] = person.selected;
  const label = [...editor.document.labels().values()].find(({ id }) => id === first);
  const at = label === undefined ? '' : `, at ${labelName(label, titleOf)}`;
  const where = person.label_set_id === labelSet.id ? at : ', in another label set';
  const words = `${person.display_name} is here too${where}`;
  return (
    <Tooltip label={words}>
      <li className="person" style={{ background: colorOfPerson(person.user_id) }} aria-label={words}>
        {initialsOf(person.display_name)}
      </li>
    </Tooltip>
  );
}
