/** Texts of account notices; notices that differ only in time and browser are one sentence (R20). */
import type { AccountNotice } from '../api/shapes.ts'
import type { Translate, Word } from '../language/use-words.ts'

/** Notices that differ only in time and browser; newest first. */
export type NoticeGroup = [AccountNotice, ...AccountNotice[]]

/** Groups notices, in the order of each group's newest notice. */
export function groupNotices(notices: readonly AccountNotice[]): NoticeGroup[] {
  const groups = new Map<string, NoticeGroup>()
  for (const notice of notices) {
    const { kind, by, factor, lost, ended } = notice
    const key = [kind, by, factor, lost, ended].join(' ')
    const group = groups.get(key)
    if (group) group.push(notice)
    else groups.set(key, [notice])
  }
  return [...groups.values()]
}

/** Returns one sentence for a group of notices. */
export function noticeText(group: NoticeGroup, t: Translate): string {
  const [{ kind, by, factor, lost, ended }] = group
  const count = group.length
  switch (kind) {
    case 'sign-in': {
      const devices = new Set(group.map(({ device }) => device ?? t('account.sessions.device.unknown')))
      return t('account.notice.sign-in', { count, device: [...devices].join('; ') })
    }
    case 'link-made':
    case 'link-used':
      return t(`account.notice.${kind}.${by === 'operator' ? 'operator' : 'administrator'}`, { count })
    case 'factor-added':
    case 'factor-removed':
      return t(`account.notice.${kind}`, { count, factor: t(`account.notice.factor.${factor ?? 'totp'}` as Word) })
    case 'directory':
      return t(lost ? 'account.notice.directory.lost' : 'account.notice.directory', { count })
    case 'directory-ended':
      return t(`account.notice.ended.${ended ?? 'number'}`, { count })
    default:
      return t(`account.notice.${kind}` as Word, { count })
  }
}
