/** The engine whose scheduling is simulated: the semantics of docs/engine.md. Printed in every result. */
export const engineVersion = 'vllm-0.19';
