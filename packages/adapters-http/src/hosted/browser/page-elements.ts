/** The parts of the page by name. A part that is missing is a mistake of the page, which its tests would find. */

export const part = <E extends HTMLElement>(id: string, kind: new () => E): E => {
  const element = document.getElementById(id)
  if (element instanceof kind) return element
  throw new Error(`the page has no ${id}`)
}

export const has = (id: string): boolean => document.getElementById(id) !== null
