"""A clip's targets, all of them: by chunks, in several processes, resumable, always the same bytes.

::

    run          project_clip(clip, label_sets, spec, out, *, workers, progress) -> Report
    plan         chunks_of(clip, spec): (camera, time span), the same for any number of workers
    chunk        ChunkMaker.make(chunk): one chunk, unless it is there and nothing changed
    label_table  the labels in one order, with versions and hashes
    scene        which labels come near which picture, and where they are then
    images       all targets of one image; drawing, lines: parts of it
    columns      targets as Arrow tables; chunk_files: as files, each whole or not there
    pool         chunks in worker processes
    coco         a folder of targets as one COCO file

Import the modules by name. Only this subpackage may import pyarrow.
"""
