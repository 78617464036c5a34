// What Python sends, written from its TypedDicts by `python -m app.components.wire`. Change those instead.

export interface Headline {
  number: string;
  unit: string;
  status: string;
  milestone: string;
  action: string;
  answered: number;
}

export interface Ribbon {
  stages: Stage[];
  selected: number | null;
  batch: number;
  steps: number;
  folded: boolean;
  answered: number;
}

export interface Stage {
  name: string;
  shape: string | null;
  layer: number | null;
  folded: boolean;
  problem: string | null;
  remedy: string | null;
}
