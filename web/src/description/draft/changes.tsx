import { GitCompareArrows } from 'lucide-react'
import type { Change } from '../../api/shapes.ts'
import { withoutBreaks } from '../../format/number.ts'
import { useLanguage } from '../../language/use-words.ts'

/** Changes of a text, in plain language. */
export function Changes({ changes }: { changes: Change[] }) {
  const { named } = useLanguage()
  return (
    <ul className="changes">
      {changes.map((change, index) => (
        <li key={index}>
          <GitCompareArrows aria-hidden="true" size={18} />
          <span>{withoutBreaks(named(change.text))}</span>
        </li>
      ))}
    </ul>
  )
}
