import type { ResearchDetail } from './disclosure-shapes.ts'

/** The items whose copy is pseudonymised and not anonymous (L30). */
export const pseudonymisedItems = ({ itemList }: Pick<ResearchDetail, 'itemList'>): number[] =>
  itemList.filter(({ copy }) => copy.level === 'D').map(({ item }) => item)
