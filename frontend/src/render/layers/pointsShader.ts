/** How far around a box an orthographic view shows points, metres beyond its sides. */
export const SLAB_MARGIN_M = 0.6;

/** Texels of a row of a box in `uBoxes`: the world in units of its half sizes (3), and its colour. */
export const BOX_TEXELS = 4;
/** Texels of a row in `uCarried`: the same three at the sweep's time, then from there to where it is now (3). */
export const CARRIED_TEXELS = 6;

/**
 * Points of sweeps, and with `IS_TILE` those of a static cloud's tiles. Colour by height, intensity, distance, time,
 * the class of the box that they are in, or as cameras saw them; those inside the selected box are lit up.
 */
export const POINTS_VERTEX = /* glsl */ `
#ifdef IS_TILE
in vec4 color;
in vec4 _features;
#else
in float intensity;
in float height;
uniform sampler2D uCarried;
uniform int uCarriedCount;
uniform float uTime;
#endif

uniform int uMode;
uniform float uSize;
uniform float uPixelRatio;
uniform float uIsPerspective;
uniform float uHeightSpan;
uniform vec3 uEgo;
uniform float uHasBox;
uniform mat4 uBoxFromWorld;
uniform vec3 uBoxHalf;
uniform vec3 uSlabAxis;
uniform vec2 uHeights;
uniform float uClipMargin;
uniform sampler2D uBoxes;
uniform int uBoxCount;

out vec3 vColor;

const vec3 UNKNOWN = vec3(0.36, 0.39, 0.44);

// Viridis as a polynomial (Matt Zucker's fit), from where it is light enough to stand on dark grey.
vec3 ramp(float s) {
  float t = 0.24 + 0.76 * clamp(s, 0.0, 1.0);
  const vec3 c0 = vec3(0.2777273, 0.0054073, 0.3340998);
  const vec3 c1 = vec3(0.1050930, 1.4046135, 1.3845902);
  const vec3 c2 = vec3(-0.3308618, 0.2148476, 0.0950952);
  const vec3 c3 = vec3(-4.6342305, -5.7991010, -19.3324410);
  const vec3 c4 = vec3(6.2282699, 14.1799334, 56.6905526);
  const vec3 c5 = vec3(4.7763850, -13.7451454, -65.3530326);
  const vec3 c6 = vec3(-5.4354559, 4.6458526, 26.3124352);
  return c0 + t * (c1 + t * (c2 + t * (c3 + t * (c4 + t * (c5 + t * c6)))));
}

vec3 through(sampler2D rows, int texel, int row, vec3 point) {
  vec4 p = vec4(point, 1.0);
  return vec3(
    dot(texelFetch(rows, ivec2(texel, row), 0), p),
    dot(texelFetch(rows, ivec2(texel + 1, row), 0), p),
    dot(texelFetch(rows, ivec2(texel + 2, row), 0), p));
}

vec3 classColor(vec3 world) {
  for (int row = 0; row < uBoxCount; row += 1) {
    if (all(lessThanEqual(abs(through(uBoxes, 0, row, world)), vec3(1.0)))) {
      return texelFetch(uBoxes, ivec2(3, row), 0).rgb;
    }
  }
  return UNKNOWN;
}

void main() {
  vec3 world = (modelMatrix * vec4(position, 1.0)).xyz;
#ifdef IS_TILE
  float pointHeight = _features.z * 255.0 * 0.05 - 2.4;
  float brightness = _features.x;
  float time = _features.y;
#else
  float pointHeight = height;
  float brightness = intensity;
  float time = uTime;
  for (int row = 0; row < uCarriedCount; row += 1) {
    if (all(lessThanEqual(abs(through(uCarried, 0, row, world)), vec3(1.0)))) {
      vec3 there = world;
      world = through(uCarried, 3, row, there);
      pointHeight += world.z - there.z;
      break;
    }
  }
#endif
  vec3 inBox = (uBoxFromWorld * vec4(world, 1.0)).xyz;
  vec3 beyond = abs(inBox) - uBoxHalf;
  vec4 view = viewMatrix * vec4(world, 1.0);
  gl_Position = projectionMatrix * view;

  if (uMode == 4) vColor = classColor(world);
#ifdef IS_TILE
  else if (uMode == 5) vColor = mix(UNKNOWN, color.rgb, color.a);
#else
  else if (uMode == 5) vColor = vec3(0.28 + 0.6 * sqrt(brightness));
#endif
  else {
    float value = uMode == 0 ? (pointHeight + 0.3) / uHeightSpan
                : uMode == 1 ? sqrt(brightness)
                : uMode == 2 ? 1.0 - length(world.xy - uEgo.xy) / 70.0
                : time;
    vColor = ramp(value);
  }

  bool isInBox = uHasBox > 0.5 && all(lessThanEqual(beyond, vec3(0.0)));
  bool isHidden = pointHeight < uHeights.x || pointHeight > uHeights.y;
  if (uHasBox > 0.5 && uClipMargin >= 0.0 && any(greaterThan(beyond, vec3(uClipMargin)))) isHidden = true;
  float size = uSize;
  if (uIsPerspective > 0.5) size *= clamp(28.0 / max(-view.z, 1.0), 0.85, 2.2);
  if (isInBox) {
    vColor = mix(vColor, vec3(1.0, 0.93, 0.72), 0.78);
    size += 0.8;
  } else if (isHidden) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  } else if (dot(uSlabAxis, uSlabAxis) > 0.5) {
    // Cut away what is before and behind the box; dim what is beside it.
    if (dot(beyond, abs(uSlabAxis)) > ${SLAB_MARGIN_M.toFixed(3)}) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    vColor *= 0.72;
  }
  gl_PointSize = size * uPixelRatio;
}
`;

export const POINTS_FRAGMENT = /* glsl */ `
in vec3 vColor;
out vec4 outColor;

void main() {
  vec2 fromCentre = gl_PointCoord - 0.5;
  if (dot(fromCentre, fromCentre) > 0.25) discard;
  outColor = vec4(vColor, 1.0);
}
`;
