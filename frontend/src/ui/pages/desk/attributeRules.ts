export type AttributeValue = string | number | boolean;

/**
 * Rules as people write them, one a line: `weather = rain, fog`. Numbers, true and false are such, in quotes they are
 * texts. A sentence where a line says something else.
 */
export function parseAttributes(text: string): Record<string, AttributeValue[]> | string {
  const found: Record<string, AttributeValue[]> = {};
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [name = '', ...rest] = line.split('=');
    const values = rest
      .join('=')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    if (name.trim() === '' || values.length === 0) {
      return `Attributes: expected lines such as «weather = rain, fog», found «${line.trim()}».`;
    }
    found[name.trim()] = values.map(valueOf);
  }
  return found;
}

function valueOf(text: string): AttributeValue {
  const quoted = /^"(.*)"$/.exec(text);
  if (quoted !== null) return quoted[1] ?? '';
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
