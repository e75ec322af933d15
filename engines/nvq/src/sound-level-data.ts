/**
 * Made by bench/train-sound-levels.ts from 37 voices in Debian's packages
 * ktuberling-data, klettres-data, tuxpaint-stamps-default, festvox-ru, festvox-suopuhe-lj, -mv, espeak-ng.
 * Averages of many voices' levels; no recording, and no one voice's, can be made from them.
 */
export const soundLevelData = [
  'AgkyEBy9JPjyGeDk5cEM7DLCPAPM6RgMSy4PNac3z/cgSBm3zu01L7YkmRk1xEKsIVHY6PgU+kAA+AcS9zIq1e/IGzfjSLNCJ7noLNwDNuEztaoW',
  'S/jV9enQHhU2EzQuyTK8AacaEvYXGxAc+PHsRAkv9f/XR0G97rP5CbMlBQP4JiALss4jwQ8jC7go2eLHpygHJQslyfO2u/nUTrU6xi4S5vsb+6qb',
  'KypKJswGLwPzH/DmR/T/wsr1JfnoDg0U9sL7+f285gtG/jPcBa/cRSPyQQQf1T8k6e9D1CbtPUDvMx7wFzPdFdA62SwIr8DmzxPEMuDNriSsp+EY',
  'HzDnFhAEyfM3IbvJPtr7+xovviH54un6RCfA4cm0OcguCP33vCAeABMBICgKxwPsvSkC3tP14rghN+IuK7Q+wdgZs+RBIszuySTRFSgSKMEV3QXH',
  '+sDbK0YRzbbbMizxFqUkPbQGOA3p8vPOEh70Hi4J2zgN5/r5F8/y0CXSMuIOzy3RzhFFMiEvLDLNxwq46wfsOipJI+wj8xA/zc8aC+7iEPorPxbB',
  '8AjL+Ou7Acsr1dY2GvXr6yHLGvQH+TkTLNohAgc09tRP2jUH7dMH0wjG5fYJDu0yKfraANEqAswpJDcjNKvzCT8sHewYJsuwNQ0b6EQsnc0RGTfc',
  '5rUpJsg5Ag0=',
].join('')
