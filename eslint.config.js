// What the compiler does not say. Formatting is Prettier's; folder rules are .dependency-cruiser.cjs's;
// bans on words and files are test/house/tidy.test.ts's.
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      'web/dist*/',
      'coverage/',
      'var/',
      'test-results/',
      'playwright-report/',
      '**/generated/',
      '**/*.generated.ts',
      'web/src/api/schema.d.ts',
    ],
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './web/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // The compiler says it already.
      '@typescript-eslint/no-unused-vars': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers and booleans read well in a template; objects and undefined do not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Arrow functions that forward a void call are the shortest way to say it.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // noUncheckedIndexedAccess makes every index possibly undefined; a parser that has just checked the length may say so.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Node's own callbacks and fastify's handlers are typed wider than they are called.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      // An async function without await keeps an interface's promise, refusals included.
      '@typescript-eslint/require-await': 'off',
      // Sequences of guards against what a peer may send are not "unnecessary" just because today's types say so.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Strings here are numbers, headers and base 32: code points and characters are the same.
      '@typescript-eslint/no-misused-spread': 'off',
      // A type parameter used once still names what the caller gets back.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // A handler that may return a response or nothing says so.
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      // What a driver or a peer hands over is not always what its type says: converting it is no mistake.
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
      '@typescript-eslint/no-unnecessary-boolean-literal-compare': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // Closures return objects of functions that never look at this.
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness comes in as a parameter.' },
      ],
    },
  },
  {
    // The two rules of hooks that hold without React's compiler, which we do not use.
    files: ['web/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      // The router's redirects and the API's refusals are thrown as they are.
      '@typescript-eslint/only-throw-error': 'off',
      // The components' versions are pinned: what their next one renames is a matter for that upgrade.
      '@typescript-eslint/no-deprecated': 'off',
    },
  },
  {
    // Assertions on what came back read better without ceremony.
    files: ['**/*.test.ts', '**/*.test.tsx', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'no-restricted-properties': 'off',
    },
  },
)
