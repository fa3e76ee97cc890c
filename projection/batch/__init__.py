"""A clip's targets, all of them: by chunks, in several processes, resumable, always the same bytes.

Being written; what is here, or comes::

    chunks      chunks_of(clip, spec) -> list[Chunk]: (camera, time span), the same for any number of
                workers; each with the hash of all that its targets depend on
    rows        image_rows(view, scene, spec, workspace) -> Arrow columns of one image (asks
                ``projection.render`` for what the spec wants, and nothing else)
    worker      make_chunk(job, chunk, folder): one chunk to a Parquet file, renamed when whole
    run         project_clip(clip, label_sets, spec, out, *, workers, progress) -> Report
    report      Report: which chunks were made, which were reused, and why the others weren't

Target specs are in ``projection.target_spec``, the command line in ``projection.__main__``.
Only this subpackage may import pyarrow.
"""
