/** The tool's colours as the canvases need them; the same values stand in `src/ui/theme.css` for the panels. */
export const COLORS = {
  background: '#16181c',
  viewBackground: '#111317',
  panel: '#1e2126',
  line: '#2c3038',
  text: '#d7dbe2',
  dim: '#8b93a1',
  accent: '#4c9aff',
  selected: '#ffffff',
  attention: '#f5b94a',
  error: '#ff6b6b',
  axisX: '#e5646e',
  axisY: '#7ab55c',
  axisZ: '#5b93e8',
} as const;

/** For a class that the ontology does not know (any more). */
export const UNKNOWN_CLASS_COLOR = '#a0a7b4';

/** A colour's red, green, blue in 0..1 (sRGB). */
export type Rgb = readonly [number, number, number];

const parsed = new Map<string, Rgb>();

/** The parts of `#rgb` or `#rrggbb`; anything else counts as the unknown class. */
export function rgbOf(color: string): Rgb {
  let rgb = parsed.get(color);
  if (rgb === undefined) {
    rgb = parse(color) ?? parse(UNKNOWN_CLASS_COLOR) ?? [0.6, 0.6, 0.6];
    parsed.set(color, rgb);
  }
  return rgb;
}

/** A colour's parts as the GPU reckons with them: linear, not sRGB. */
export function linearRgbOf(color: string): Rgb {
  const [r, g, b] = rgbOf(color);
  return [linear(r), linear(g), linear(b)];
}

/** The same colour with an opacity, for canvases. */
export function withAlpha(color: string, alpha: number): string {
  const [r, g, b] = rgbOf(color);
  return `rgba(${Math.round(r * 255)}, ${Math.round(g * 255)}, ${Math.round(b * 255)}, ${alpha})`;
}

/**
 * The colour made light enough to be seen as a line on the dark views: at least `luminance` (0..1, WCAG's relative
 * luminance), by mixing with white. Dark blue of a colour-blind-safe set would else vanish on dark grey.
 */
export function lightened(color: string, luminance = 0.2): string {
  let [r, g, b] = rgbOf(color);
  for (let i = 0; i < 20 && relativeLuminance([r, g, b]) < luminance; i += 1) {
    r += (1 - r) * 0.08;
    g += (1 - g) * 0.08;
    b += (1 - b) * 0.08;
  }
  const hex = (part: number): string =>
    Math.round(part * 255)
      .toString(16)
      .padStart(2, '0');
  return `#${hex(r)}${hex(g)}${hex(b)}`;
}

export function relativeLuminance([r, g, b]: Rgb): number {
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

function linear(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function parse(color: string): Rgb | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(color);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (short !== null)
    return [1, 2, 3].map((i) => parseInt(short[i]! + short[i]!, 16) / 255) as unknown as Rgb;
  if (long !== null) return [1, 2, 3].map((i) => parseInt(long[i]!, 16) / 255) as unknown as Rgb;
  return null;
}
