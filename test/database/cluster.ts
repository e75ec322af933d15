/** Values that the global setup passes to every test file. In its URLs the word DATABASE stands for the database's name. */
export type TestCluster = {
  adminUrl: string
  roleUrls: Record<string, string>
  /** Owner of the databases. */
  owner: string
}

export const templateName = 'seloste_template'
export const rolePassword = 'only-for-tests'

declare module 'vitest' {
  interface ProvidedContext {
    database: TestCluster
  }
}
