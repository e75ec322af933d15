/** Version of the Debian package: that of the tag, or between two tags one that apt installs over the earlier. */
import { execFileSync } from 'node:child_process'

export interface Commit {
  /** Tags that name this commit. */
  tags: readonly string[]
  /** Committer's time, in seconds since 1970. */
  at: number
  /** Hash, shortened. */
  hash: string
  /** Files differ from the commit. */
  isChanged: boolean
}

/**
 * Returns the version of a package: `1.0.0` at the tag `v1.0.0`; `1.0.0+20261201183417.g5b164d88` later, where package.json has
 * the version released last; with `.changed` if files differ from the commit. The time sorts: apt takes a later commit for an
 * upgrade, and the next release for one too.
 * @param released the version in package.json
 * @param commit undefined outside a clone: the sources of a release
 */
export function packageVersion(released: string, commit: Commit | undefined): string {
  if (commit === undefined) return released
  const { tags, at, hash, isChanged } = commit
  if (tags.includes(`v${released}`) && !isChanged) return released
  const time = new Date(at * 1000).toISOString().slice(0, 19).replaceAll(/[^\d]/g, '')
  return `${released}+${time}.g${hash}${isChanged ? '.changed' : ''}`
}

/** Returns the commit that a folder has checked out; undefined if it is no clone. */
export function commitOf(folder: string): Commit | undefined {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const [at = '', hash = ''] = git('log', '-1', '--format=%ct %h', '--abbrev=9').split(' ')
    return {
      tags: git('tag', '--points-at', 'HEAD').split('\n'),
      ...{ at: Number(at), hash },
      isChanged: git('status', '--porcelain', '--untracked-files=no') !== '',
    }
  } catch {
    return undefined
  }
}
