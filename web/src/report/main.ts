/** The report: the views stand in the page itself. */
import { adoptPage } from "../style/base.ts";
import "./report.ts";

adoptPage(document);
document.body.append(document.createElement("qkv-report"));
