"""Target specs: which targets, of which classes, under which visibility rules.

Being written: ``TargetSpec.from_dict(document) -> TargetSpec`` (frozen), ``TargetSpec.to_dict()``,
``TargetSpec.wants(name) -> bool``, ``SpecError`` with the field's name. The names of the targets of an
image: ``box2d_full box2d_clipped box2d_visible outline mask_whole mask_visible semantic polyline
polygon keypoints depth truncation occlusion distance corners``, of a time: ``bev occupancy flow``.
"""
