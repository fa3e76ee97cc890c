/** How far around a box an orthographic view shows points, metres beyond its sides. */
export const SLAB_MARGIN_M = 0.6;

/** Points: colour by height, intensity or distance; those inside the selected box are lit up. */
export const POINTS_VERTEX = /* glsl */ `
in float intensity;
in float height;

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

out vec3 vColor;

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

void main() {
  vec3 inBox = (uBoxFromWorld * vec4(position, 1.0)).xyz;
  vec3 beyond = abs(inBox) - uBoxHalf;
  vec4 view = modelViewMatrix * vec4(position, 1.0);
  gl_Position = projectionMatrix * view;

  float value = uMode == 0 ? (height + 0.3) / uHeightSpan
              : uMode == 1 ? sqrt(intensity)
              : 1.0 - length(position.xy - uEgo.xy) / 70.0;
  vColor = ramp(value);

  bool isInBox = uHasBox > 0.5 && all(lessThanEqual(beyond, vec3(0.0)));
  float size = uSize;
  if (uIsPerspective > 0.5) size *= clamp(28.0 / max(-view.z, 1.0), 0.85, 2.2);
  if (isInBox) {
    vColor = mix(vColor, vec3(1.0, 0.93, 0.72), 0.78);
    size += 0.8;
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
