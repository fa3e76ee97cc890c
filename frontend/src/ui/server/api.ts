import { LabelappApi } from '../../api/labelappApi';
import { WorkApi } from '../../api/workApi';

/** The page's own server. */
export const api = new LabelappApi();
export const work = new WorkApi(api.http);
