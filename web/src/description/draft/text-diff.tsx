import { useMemo } from 'react'
import { useLanguage } from '../../language/use-words.ts'
import { lineDiff, type DiffLine } from '../line-diff.ts'

/** Line diff of a text. */
export function TextDiff({ before, after, label }: { before: string; after: string; label: string }) {
  const { t } = useLanguage()
  const lines = useMemo(() => lineDiff(before, after), [before, after])
  return (
    <div className="scroll diff-scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="diff" translate="no">
        <caption className="visually-hidden">{label}</caption>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">{t('description.diff.before')}</th>
            <th scope="col">{t('description.diff.after')}</th>
            <th scope="col">{t('description.diff.what')}</th>
            <th scope="col">{t('description.diff.text')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, index) => (
            <Line key={index} line={line} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

const signs = { same: '', removed: '−', added: '+' } as const

function Line({ line }: { line: DiffLine }) {
  const { t } = useLanguage()
  if (line.kind === 'left-out') {
    return (
      <tr className="diff-left-out">
        <td colSpan={4}>{t('description.diff.leftOut', { count: line.count })}</td>
      </tr>
    )
  }
  return (
    <tr className={`diff-${line.kind}`}>
      <td className="diff-number">{line.kind === 'added' ? '' : line.before}</td>
      <td className="diff-number">{line.kind === 'removed' ? '' : line.after}</td>
      <td className="diff-sign">
        <span aria-hidden="true">{signs[line.kind]}</span>
        {line.kind !== 'same' && <span className="visually-hidden">{t(`description.diff.${line.kind}`)}</span>}
      </td>
      <td className="diff-text">{line.text}</td>
    </tr>
  )
}
