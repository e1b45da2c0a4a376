import { BATCH_STATES } from '../../domain/states/batchState';
import { BROADCAST_STATES } from '../../domain/states/broadcastState';
import { CANARY_STATES } from '../../domain/states/canaryState';
import { REPORTED_STATES } from '../../domain/states/recipientState';
import { readImports } from './imports';
import { DIVIDED_LAYERS, drawLayers, drawRooms } from './layers';
import { replaceDrawing } from './sections';
import { drawStates } from './states';

/** ARCHITECTURE.md with every drawing made anew from the code below `root`. */
export function redrawArchitecture(markdown: string, root: string): string {
  const imports = readImports(root);
  const drawings = {
    layers: drawLayers(imports),
    ...Object.fromEntries(DIVIDED_LAYERS.map((layer) => [`rooms of ${layer}`, drawRooms(imports, layer)])),
    'life of a batch': drawStates(BATCH_STATES),
    'life of a broadcast': drawStates(BROADCAST_STATES),
    'life of a canary': drawStates(CANARY_STATES),
    'life of a recipient': drawStates(REPORTED_STATES),
  };
  return Object.entries(drawings).reduce((text, [name, drawing]) => replaceDrawing(text, name, drawing), markdown);
}
