"""A card as a page: one HTML file with everything in it, no scripts, light and dark."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from labelapp.datasets.drawing import color_of

_STYLE = """
.card{font:13px/1.5 ui-sans-serif,system-ui,sans-serif;
 font-variant-numeric:tabular-nums;color:light-dark(#1d2229,#d7dbe2)}
.card h1{font-size:20px;margin:0 0 4px}.card h2{font-size:14px;margin:0 0 8px}
.card h3{font-size:13px;margin:0 0 4px;font-weight:500}
.card p{margin:0 0 12px}.card .dim{color:light-dark(#5c6675,#959dab)}
.card code{font-size:12px;overflow-wrap:anywhere}
.card section{border:1px solid light-dark(#dee2e6,#2c3038);border-radius:6px;padding:12px;
 margin:0 0 16px;background:light-dark(#fff,#1e2126)}
.card .grid{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(300px,1fr))}
.card table{border-collapse:collapse;width:100%}
.card th,.card td{text-align:right;padding:3px 8px;
 border-bottom:1px solid light-dark(#e3e6eb,#2c3038)}
.card th:first-child,.card td:first-child{text-align:left}.card th{font-weight:500}
.card .swatch{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
.card .share{display:block;height:6px;border-radius:3px}
.card svg{width:100%;height:auto;display:block}.card text{fill:currentColor;font-size:11px}
.card img{width:100%;border-radius:4px;display:block}.card figure{margin:0}
.card figcaption{margin-top:4px}
"""
_BODY = (
    "body{margin:0;background:light-dark(#f6f7f9,#16181c);color-scheme:light dark}"
    "main{max-width:1180px;margin:24px auto;padding:0 16px}"
)
_TITLES = {
    "distance": "Distance from the camera",
    "height": "Height in the picture",
    "occlusion": "Hidden share",
    "truncation": "Share off the picture",
}


def card_html(card: Mapping[str, Any], version: Mapping[str, Any], *, whole: bool) -> str:
    """Return a card as HTML.

    Args:
        card: as ``card_make`` writes it.
        version: ``dataset``, ``number``, ``content_hash``, ``note``, ``created_at`` (text),
            ``sums``, ``deprecated`` (a reason or None).
        whole: a file of its own; else what goes into another page.
    """
    title = escape(f"{version['dataset']}, version {version['number']}")
    head = f"<header><h1>{title}</h1>{_about(version)}</header>" if whole else ""
    parts = [head, _counts(card, version), _examples(card), _histograms(card), _heat(card)]
    parts.append(_map(card))
    body = f'<style>{_STYLE}</style><div class="card">{"".join(parts)}</div>'
    if not whole:
        return body
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_BODY}</style></head><body><main>{body}</main></body></html>\n"
    )


def _about(version: Mapping[str, Any]) -> str:
    lines = [
        f"Frozen {escape(version['created_at'])}. Content <code>{version['content_hash']}</code>"
    ]
    if version["note"]:
        lines.append(escape(version["note"]))
    if version["deprecated"]:
        lines.append(f"<strong>Deprecated: {escape(version['deprecated'])}</strong>")
    return "".join(f'<p class="dim">{line}</p>' for line in lines)


def _counts(card: Mapping[str, Any], version: Mapping[str, Any]) -> str:
    sums = version["sums"]
    facts = (
        f"{_count(sums['clips'], 'clip')}, {_count(sums['images'], 'image')}, "
        f"{_count(sums['labels'], 'label')}. "
        f"Counted below: {_count(card['images'], 'image')}"
        + (f" (every {card['every']}th of each camera)" if card["every"] > 1 else " (all)")
        + f", with {_count(sum(card['targets'].values()), 'target')}."
    )
    splits = [name for name in sorted(sums["splits"]) if name]
    names = sorted(
        {*card["labels"], *card["targets"]}, key=lambda n: (-card["targets"].get(n, 0), n)
    )
    most = max([1, *card["targets"].values()])
    rows = []
    for name in names:
        count = card["targets"].get(name, 0)
        shares = "".join(
            f"<td>{_percent(card['splits'].get(split, {}).get(name, 0), count)}</td>"
            for split in splits
        )
        rows.append(
            f"<tr><td>{_swatch(name, card)}{escape(name)}</td>"
            f"<td>{card['labels'].get(name, 0):,}</td><td>{count:,}</td>"
            f'<td style="width:30%"><span class="share" style="width:{100 * count / most:.1f}%;'
            f'background:{_color(name, card)}"></span></td>{shares}</tr>'
        )
    head = "".join(f"<th>{escape(split)}</th>" for split in splits)
    return (
        f"<section><h2>Classes</h2><p class='dim'>{facts}</p><table><thead><tr><th>Class</th>"
        f"<th>Labels</th><th>Targets</th><th></th>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></section>"
    )


def _examples(card: Mapping[str, Any]) -> str:
    if not card["examples"]:
        return "<section><h2>Examples</h2><p class='dim'>No picture was kept.</p></section>"
    figures = "".join(
        f'<figure><img alt="{escape(one["class"])} in {escape(one["clip"])}"'
        f' src="data:image/jpeg;base64,{one["jpeg"]}">'
        f"<figcaption>{_swatch(one['class'], card)}{escape(one['class'])} "
        f'<span class="dim">{escape(one["clip"])}, {escape(one["camera"])}, '
        f"{_count(one['targets'], 'target')}</span></figcaption></figure>"
        for one in card["examples"]
    )
    return f"<section><h2>Examples</h2><div class='grid'>{figures}</div></section>"


def _histograms(card: Mapping[str, Any]) -> str:
    parts = "".join(
        f"<div><h3>{_TITLES[kind]}{', ' + one['unit'] if one['unit'] else ''}</h3>"
        f"{_histogram(one, card, _TITLES[kind])}</div>"
        for kind, one in card["histograms"].items()
    )
    return f"<section><h2>Histograms</h2><div class='grid'>{parts}</div></section>"


def _histogram(one: Mapping[str, Any], card: Mapping[str, Any], title: str) -> str:
    """Return bars of a histogram, stacked by class."""
    edges: Sequence[float] = one["edges"]
    classes: Mapping[str, Sequence[int]] = one["classes"]
    sums = [sum(bins[place] for bins in classes.values()) for place in range(len(edges))]
    if not sum(sums):
        return "<p class='dim'>No target has it.</p>"
    width, height, step = 360, 150, 360 / len(edges)
    scale = (height - 30) / max(sums)
    order = sorted(classes, key=lambda name: (-sum(classes[name]), name))
    parts = []
    for place, total in enumerate(sums):
        y = float(height - 16)
        where = _bin(edges, place, one["unit"])
        for name in order:
            high = classes[name][place] * scale
            if high > 0:
                y -= high
                parts.append(
                    f'<rect x="{place * step + 1:.1f}" y="{y:.1f}" width="{step - 2:.1f}"'
                    f' height="{high:.2f}" fill="{_color(name, card)}">'
                    f"<title>{escape(name)}, {where}: {classes[name][place]:,}</title></rect>"
                )
        if total == max(sums):
            parts.append(f'<text x="{place * step + 1:.1f}" y="{y - 3:.1f}">{total:,}</text>')
        if place % 2 == 0:
            parts.append(f'<text x="{place * step:.1f}" y="{height - 3}">{edges[place]:g}</text>')
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}">'
        f"{''.join(parts)}</svg>"
    )


def _bin(edges: Sequence[float], place: int, unit: str) -> str:
    if place + 1 == len(edges):
        return f"{edges[place]:g} {unit} and more".replace("  ", " ")
    return f"{edges[place]:g} to {edges[place + 1]:g} {unit}".rstrip()


def _heat(card: Mapping[str, Any]) -> str:
    parts = []
    for name, camera in card["cameras"].items():
        rows = camera["heat"]
        most = max(max(row) for row in rows)
        cells = "".join(
            f'<rect x="{x}" y="{y}" width="1.02" height="1.02" fill="{_heat_color(n / most)}"/>'
            for y, row in enumerate(rows)
            for x, n in enumerate(row)
            if n
        )
        parts.append(
            f"<figure><h3>{escape(name)}</h3>"
            f'<svg viewBox="0 0 {len(rows[0])} {len(rows)}" role="img"'
            f' aria-label="Boxes of {escape(name)}" shape-rendering="crispEdges">'
            f'<rect width="100%" height="100%" fill="#111317"/>{cells}</svg>'
            f'<figcaption class="dim">{_count(camera["images"], "image")}'
            f", {_count(camera['targets'], 'target')}"
            f"{_densest(most)}</figcaption></figure>"
        )
    return (
        "<section><h2>Where boxes are in the pictures</h2>"
        f"<div class='grid'>{''.join(parts)}</div></section>"
    )


def _densest(most: int) -> str:
    boxes = "1 box" if most == 1 else f"{most:,} boxes"
    return f", at most {boxes} over one place" if most else ""


def _heat_color(share: float) -> str:
    """Return a colour of the scale "viridis", roughly: its ends and what lies between."""
    stops = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
    place = min(max(math.sqrt(share), 0.0), 1.0) * (len(stops) - 1)
    first = min(int(place), len(stops) - 2)
    mixed = (
        round(a + (b - a) * (place - first))
        for a, b in zip(stops[first], stops[first + 1], strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _map(card: Mapping[str, Any]) -> str:
    places = card["places"]
    if not places:
        nowhere = "No clip says where it was recorded."
        return f"<section><h2>Where</h2><p class='dim'>{nowhere}</p></section>"
    points = [point for place in places for point in place["way_deg"]]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    narrow = max(math.cos(math.radians((south + north) / 2)), 1e-6)
    span = max((east - west) * narrow, north - south, 1e-4)
    size, margin = 560.0, 20.0
    scale = (size - 2 * margin) / span
    wide = (east - west) * narrow * scale + 2 * margin
    high = (north - south) * scale + 2 * margin
    splits = sorted({place["split"] for place in places})
    colors = {split: color_of(split, {}) for split in splits}
    ways = []
    for place in places:
        line = " ".join(
            f"{(lon - west) * narrow * scale + margin:.1f},{(north - lat) * scale + margin:.1f}"
            for lon, lat in place["way_deg"]
        )
        x, y = line.split(" ")[0].split(",")
        color = colors[place["split"]]
        ways.append(
            f"<g><title>{escape(place['clip'])}</title>"
            f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>'
            f'<circle cx="{x}" cy="{y}" r="3" fill="{color}"/></g>'
        )
    legend = " ".join(
        f'<span class="swatch" style="background:{colors[split]}"></span>{escape(split or "all")}'
        for split in splits
    )
    across = f"north up, {_metres(span * 111_195.0)} across"
    return (
        f"<section><h2>Where</h2><p class='dim'>{_count(len(places), 'clip')}, {across}:"
        f" {south:.4f}° to {north:.4f}° N, {west:.4f}° to {east:.4f}° E. {legend}</p>"
        f'<svg viewBox="0 0 {max(wide, 80):.0f} {max(high, 80):.0f}" role="img" aria-label="Map"'
        f' style="max-width:{max(wide, 80):.0f}px">{"".join(ways)}</svg></section>'
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _metres(metres: float) -> str:
    return f"{metres / 1000:,.1f} km" if metres >= 1000 else f"{metres:.0f} m"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def _swatch(name: str, card: Mapping[str, Any]) -> str:
    return f'<span class="swatch" style="background:{_color(name, card)}"></span>'


def _color(name: str, card: Mapping[str, Any]) -> str:
    return escape(color_of(name, card["colors"]))
