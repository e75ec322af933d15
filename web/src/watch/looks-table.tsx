import { formatLength } from '../format/duration.ts'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import type { LookToReview } from './watch-shapes.ts'

/** Looks to be reviewed: who, when, why by their own word, and how much. */
export function LooksTable({ looks }: { looks: readonly LookToReview[] }) {
  const { say, language } = useLanguage()
  return (
    <div className="scroll" tabIndex={0} role="region" aria-labelledby="review-looks">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{say('looks.at')}</th>
            <th scope="col">{say('review.who')}</th>
            <th scope="col">{say('review.action')}</th>
            <th scope="col">{say('purpose.label')}</th>
            <th scope="col">{say('review.reference')}</th>
            <th scope="col">{say('review.how-much')}</th>
          </tr>
        </thead>
        <tbody>
          {looks.map((look) => (
            <tr key={look.seq}>
              <td className="nowrap">{formatInstant(look.at, language, 'seconds')}</td>
              <td>
                {look.person?.name ?? say('review.nobody')}
                <span className="second">{say(`role.${look.role}` as Word)}</span>
              </td>
              <td>{say(`review.action.${look.action}` as Word)}</td>
              <td>{say(`purpose.${look.purpose}` as Word)}</td>
              <td className="breaking">{look.reference ?? '–'}</td>
              <td>
                <HowMuch look={look} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )

  function HowMuch({ look }: { look: LookToReview }) {
    if (look.servedMs !== undefined) return say('review.served', { length: formatLength(look.servedMs) })
    if (look.contacts !== undefined)
      return say('review.contacts', { count: look.contacts, number: formatCount(look.contacts, language) })
    return '–'
  }
}
