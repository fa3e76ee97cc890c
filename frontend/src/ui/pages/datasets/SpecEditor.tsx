import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder as placeholderOf,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';

import type { SpecProblem } from '../../../api/datasetsApi';
import './specEditor.css';

const colors = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--spec-name)' },
  { tag: [tags.string, tags.content], color: 'var(--spec-value)' },
  { tag: tags.comment, color: 'var(--mantine-color-dimmed)', fontStyle: 'italic' },
]);

/** A text in YAML, with what is wrong with it at its lines. */
export function SpecEditor({
  text,
  problems,
  label,
  placeholder = '',
  isReadOnly = false,
  onChange,
}: {
  readonly text: string;
  readonly problems: readonly SpecProblem[];
  readonly label: string;
  readonly placeholder?: string;
  readonly isReadOnly?: boolean;
  readonly onChange?: (text: string) => void;
}) {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  useEffect(() => {
    changed.current = onChange;
  }, [onChange]);
  const first = useRef(text);

  useEffect(() => {
    if (parent.current === null) return undefined;
    const editor = new EditorView({
      parent: parent.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          lineNumbers(),
          history(),
          yaml(),
          indentUnit.of('  '),
          syntaxHighlighting(colors),
          lintGutter(),
          placeholderOf(placeholder),
          // Escape, then Tab, leaves the field: the keyboard is never trapped.
          keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
          EditorState.readOnly.of(isReadOnly),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          ...(isReadOnly ? [] : [highlightActiveLine(), highlightActiveLineGutter()]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    // What scrolls can be scrolled by keys, also where nothing in it is typed into.
    editor.scrollDOM.tabIndex = 0;
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [label, placeholder, isReadOnly]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    editor.dispatch(setDiagnostics(editor.state, problems.map(diagnosticIn(editor.state))));
  }, [problems]);

  return <div ref={parent} className="spec-editor" data-testid="spec-editor" />;
}

function diagnosticIn(state: EditorState): (problem: SpecProblem) => Diagnostic {
  return ({ line, message }) => {
    const { from, to, text } = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
    const indent = text.length - text.trimStart().length;
    return { from: from + indent, to, severity: 'error', message };
  };
}
