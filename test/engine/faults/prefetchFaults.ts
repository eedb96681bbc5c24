import type { PlantedFault } from './plantedFault.js';

const kvPrefetches = 'sim/fleet/kvPrefetches.ts';
const contextPins = 'sim/engine/contextPins.ts';

/** Errors in loads that begin before their requests come. */
export const prefetchFaults: PlantedFault[] = [
  {
    name: 'more made recent than loaded',
    file: 'sim/engine/preloadContext.ts',
    breaks:
      'what is cached after a part of a context becomes recent when that part is loaded ahead',
    find: 'if (present === blocks) {',
    replacement: 'if (present > blocks) {',
    firstWorld: 62015400,
  },
  {
    name: 'no room taken',
    file: contextPins,
    breaks: 'what is loaded ahead takes no room on its way',
    find: 'return this.push(stream, held, roomBlocks);',
    replacement: 'kv.freeBlocks += roomBlocks;\n    return this.push(stream, held, 0);',
  },
  {
    name: 'room lost',
    file: contextPins,
    breaks: 'the room of a load ahead is not given back',
    find: 'this.kv.freeBlocks += roomBlocks;',
    replacement: '',
  },
  {
    name: 'held ones are room',
    file: contextPins,
    breaks: 'blocks that a load ahead builds on count as room for it',
    find: 'if (roomBlocks > kv.availableBlocks - (kv.presentBlocks - kv.pinnedBlocks)) return -1;',
    replacement: 'if (roomBlocks > kv.availableBlocks) return -1;',
  },
  {
    name: 'held elsewhere for ever',
    file: kvPrefetches,
    breaks: 'what is held for a request stays held when that goes to another replica',
    find: '      this.forget(request, timeMs);\n      return false;',
    replacement: '      return false;',
  },
  {
    name: 'forgotten load goes on',
    file: kvPrefetches,
    breaks: 'the load of a request that does not come goes on',
    find: '    this.loads.drop(prefetch.load);\n',
    replacement: '',
  },
  {
    name: 'load begun anew',
    file: kvPrefetches,
    breaks: 'a request that comes during its load begins another one',
    find: 'if (prefetch.load.left === 0) return false;',
    replacement: 'if (prefetch.load.left >= 0) return false;',
  },
  {
    name: 'not held',
    file: kvPrefetches,
    breaks: 'what has been loaded ahead may be evicted before its request is admitted',
    find: 'prefetch.pin = pins.add(stream, reach);',
    replacement: '',
  },
  {
    name: 'cached without room',
    file: kvPrefetches,
    breaks: 'what is loaded ahead is cached although running sequences have taken its room',
    find: 'if (!pins.has(prefetch.pin)) return;',
    replacement: '',
  },
  {
    name: 'a prompt keeps its own',
    file: kvPrefetches,
    breaks: 'a prompt that is being computed does not use what comes of its context',
    find: '      handOver.shareArrived();\n',
    replacement: '',
    firstWorld: 1600,
  },
];
