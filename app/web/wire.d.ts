// What Python sends, written from its TypedDicts by `python -m app.components.wire`. Change those instead.

export interface Headline {
  number: string;
  unit: string;
  status: string;
  milestone: string;
  action: string;
  answered: number;
}
