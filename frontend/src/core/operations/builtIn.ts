import { setClass } from '../actions/setClass';
import type { OntologyClass, OntologyLayer } from '../document/ontology';
import type { ToolDefinition } from '../tools/tool';
import { CLIPBOARD } from './clipboard';
import { EDITING } from './editing';
import { KEYFRAMING } from './keyframing';
import { LINTING } from './linting';
import { NUDGING } from './nudging';
import { operation, type Operation } from './operation';
import { needsEditable } from './requirements';
import { PRE_LABELLING } from './preLabelling';
import { PROPOSING } from './proposing';
import { REPEATING } from './repeating';
import { SELECTING } from './selecting';
import { TIMING } from './timing';
import { TRACKS } from './tracks';

/** Every operation of the core, for these tools and this ontology. */
export function builtInOperations(tools: readonly ToolDefinition[], layer: OntologyLayer): Operation[] {
  return [
    ...EDITING,
    ...KEYFRAMING,
    ...TIMING,
    ...NUDGING,
    ...TRACKS,
    ...CLIPBOARD,
    ...LINTING,
    ...PROPOSING,
    ...PRE_LABELLING,
    ...REPEATING,
    ...SELECTING,
    ...tools.map(useTool),
    ...layer.classes.map((ontologyClass) => useClass(ontologyClass, layer)),
  ];
}

function useTool(tool: ToolDefinition): Operation {
  return operation({
    id: `tool.${tool.id}`,
    title: `${tool.title} tool`,
    group: 'tools',
    keys: tool.keys,
    disabledReason: (context) =>
      (tool.edits ? context.readOnlyReason : null) ?? tool.disabledReason?.(context) ?? null,
    run: (context) => context.setTool(tool.id),
  });
}

/** Gives the selected labels a class, and the next label too. */
function useClass(ontologyClass: OntologyClass, layer: OntologyLayer): Operation {
  return operation({
    id: `class.${ontologyClass.name}`,
    title: `Class: ${ontologyClass.title}`,
    group: 'class',
    keys: ontologyClass.hotkey === undefined ? [] : [ontologyClass.hotkey],
    disabledReason: needsEditable,
    run: (context) => {
      const { selection } = context.session.get();
      context.session.set({ activeClass: ontologyClass.name });
      context.edit(
        `Class: ${ontologyClass.title}`,
        setClass(context.document, selection, ontologyClass, layer),
      );
    },
  });
}
