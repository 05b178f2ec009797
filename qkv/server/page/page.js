"use strict";(()=>{var nn=Object.defineProperty;var on=Object.getOwnPropertyDescriptor;var p=(s,t,e,r)=>{for(var n=r>1?void 0:r?on(t,e):t,i=s.length-1,o;i>=0;i--)(o=s[i])&&(n=(r?o(t,e,n):o(n))||n);return r&&n&&nn(t,e,n),n};var nt=globalThis,it=nt.ShadowRoot&&(nt.ShadyCSS===void 0||nt.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Pt=Symbol(),fr=new WeakMap,We=class{constructor(t,e,r){if(this._$cssResult$=!0,r!==Pt)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(it&&t===void 0){let r=e!==void 0&&e.length===1;r&&(t=fr.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),r&&fr.set(e,t))}return t}toString(){return this.cssText}},gr=s=>new We(typeof s=="string"?s:s+"",void 0,Pt),b=(s,...t)=>{let e=s.length===1?s[0]:t.reduce((r,n,i)=>r+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+s[i+1],s[0]);return new We(e,s,Pt)},vr=(s,t)=>{if(it)s.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let r=document.createElement("style"),n=nt.litNonce;n!==void 0&&r.setAttribute("nonce",n),r.textContent=e.cssText,s.appendChild(r)}},qt=it?s=>s:s=>s instanceof CSSStyleSheet?(t=>{let e="";for(let r of t.cssRules)e+=r.cssText;return gr(e)})(s):s;var{is:an,defineProperty:ln,getOwnPropertyDescriptor:hn,getOwnPropertyNames:cn,getOwnPropertySymbols:pn,getPrototypeOf:dn}=Object,ot=globalThis,br=ot.trustedTypes,un=br?br.emptyScript:"",mn=ot.reactiveElementPolyfillSupport,Ie=(s,t)=>s,Fe={toAttribute(s,t){switch(t){case Boolean:s=s?un:null;break;case Object:case Array:s=s==null?s:JSON.stringify(s)}return s},fromAttribute(s,t){let e=s;switch(t){case Boolean:e=s!==null;break;case Number:e=s===null?null:Number(s);break;case Object:case Array:try{e=JSON.parse(s)}catch{e=null}}return e}},at=(s,t)=>!an(s,t),yr={attribute:!0,type:String,converter:Fe,reflect:!1,useDefault:!1,hasChanged:at};Symbol.metadata??=Symbol("metadata"),ot.litPropertyMetadata??=new WeakMap;var Y=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=yr){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let r=Symbol(),n=this.getPropertyDescriptor(t,r,e);n!==void 0&&ln(this.prototype,t,n)}}static getPropertyDescriptor(t,e,r){let{get:n,set:i}=hn(this.prototype,t)??{get(){return this[e]},set(o){this[e]=o}};return{get:n,set(o){let a=n?.call(this);i?.call(this,o),this.requestUpdate(t,a,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??yr}static _$Ei(){if(this.hasOwnProperty(Ie("elementProperties")))return;let t=dn(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(Ie("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Ie("properties"))){let e=this.properties,r=[...cn(e),...pn(e)];for(let n of r)this.createProperty(n,e[n])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[r,n]of e)this.elementProperties.set(r,n)}this._$Eh=new Map;for(let[e,r]of this.elementProperties){let n=this._$Eu(e,r);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let r=new Set(t.flat(1/0).reverse());for(let n of r)e.unshift(qt(n))}else t!==void 0&&e.push(qt(t));return e}static _$Eu(t,e){let r=e.attribute;return r===!1?void 0:typeof r=="string"?r:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let r of e.keys())this.hasOwnProperty(r)&&(t.set(r,this[r]),delete this[r]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return vr(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,r){this._$AK(t,r)}_$ET(t,e){let r=this.constructor.elementProperties.get(t),n=this.constructor._$Eu(t,r);if(n!==void 0&&r.reflect===!0){let i=(r.converter?.toAttribute!==void 0?r.converter:Fe).toAttribute(e,r.type);this._$Em=t,i==null?this.removeAttribute(n):this.setAttribute(n,i),this._$Em=null}}_$AK(t,e){let r=this.constructor,n=r._$Eh.get(t);if(n!==void 0&&this._$Em!==n){let i=r.getPropertyOptions(n),o=typeof i.converter=="function"?{fromAttribute:i.converter}:i.converter?.fromAttribute!==void 0?i.converter:Fe;this._$Em=n;let a=o.fromAttribute(e,i.type);this[n]=a??this._$Ej?.get(n)??a,this._$Em=null}}requestUpdate(t,e,r,n=!1,i){if(t!==void 0){let o=this.constructor;if(n===!1&&(i=this[t]),r??=o.getPropertyOptions(t),!((r.hasChanged??at)(i,e)||r.useDefault&&r.reflect&&i===this._$Ej?.get(t)&&!this.hasAttribute(o._$Eu(t,r))))return;this.C(t,e,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:r,reflect:n,wrapped:i},o){r&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,o??e??this[t]),i!==!0||o!==void 0)||(this._$AL.has(t)||(this.hasUpdated||r||(e=void 0),this._$AL.set(t,e)),n===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,i]of this._$Ep)this[n]=i;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[n,i]of r){let{wrapped:o}=i,a=this[n];o!==!0||this._$AL.has(n)||a===void 0||this.C(n,void 0,i,a)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(e)):this._$EM()}catch(r){throw t=!1,this._$EM(),r}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};Y.elementStyles=[],Y.shadowRootOptions={mode:"open"},Y[Ie("elementProperties")]=new Map,Y[Ie("finalized")]=new Map,mn?.({ReactiveElement:Y}),(ot.reactiveElementVersions??=[]).push("2.1.2");var Ht=globalThis,wr=s=>s,lt=Ht.trustedTypes,$r=lt?lt.createPolicy("lit-html",{createHTML:s=>s}):void 0,Cr="$lit$",se=`lit$${Math.random().toFixed(9).slice(2)}$`,Pr="?"+se,fn=`<${Pr}>`,ue=document,Ge=()=>ue.createComment(""),Ue=s=>s===null||typeof s!="object"&&typeof s!="function",Nt=Array.isArray,gn=s=>Nt(s)||typeof s?.[Symbol.iterator]=="function",Mt=`[ 	
\f\r]`,De=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,xr=/-->/g,kr=/>/g,pe=RegExp(`>|${Mt}(?:([^\\s"'>=/]+)(${Mt}*=${Mt}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Sr=/'/g,Ar=/"/g,qr=/^(?:script|style|textarea|title)$/i,Wt=s=>(t,...e)=>({_$litType$:s,strings:t,values:e}),c=Wt(1),Ve=Wt(2),so=Wt(3),me=Symbol.for("lit-noChange"),m=Symbol.for("lit-nothing"),Er=new WeakMap,de=ue.createTreeWalker(ue,129);function Mr(s,t){if(!Nt(s)||!s.hasOwnProperty("raw"))throw Error("invalid template strings array");return $r!==void 0?$r.createHTML(t):t}var vn=(s,t)=>{let e=s.length-1,r=[],n,i=t===2?"<svg>":t===3?"<math>":"",o=De;for(let a=0;a<e;a++){let l=s[a],h,d,f=-1,v=0;for(;v<l.length&&(o.lastIndex=v,d=o.exec(l),d!==null);)v=o.lastIndex,o===De?d[1]==="!--"?o=xr:d[1]!==void 0?o=kr:d[2]!==void 0?(qr.test(d[2])&&(n=RegExp("</"+d[2],"g")),o=pe):d[3]!==void 0&&(o=pe):o===pe?d[0]===">"?(o=n??De,f=-1):d[1]===void 0?f=-2:(f=o.lastIndex-d[2].length,h=d[1],o=d[3]===void 0?pe:d[3]==='"'?Ar:Sr):o===Ar||o===Sr?o=pe:o===xr||o===kr?o=De:(o=pe,n=void 0);let g=o===pe&&s[a+1].startsWith("/>")?" ":"";i+=o===De?l+fn:f>=0?(r.push(h),l.slice(0,f)+Cr+l.slice(f)+se+g):l+se+(f===-2?a:g)}return[Mr(s,i+(s[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),r]},ze=class s{constructor({strings:t,_$litType$:e},r){let n;this.parts=[];let i=0,o=0,a=t.length-1,l=this.parts,[h,d]=vn(t,e);if(this.el=s.createElement(h,r),de.currentNode=this.el.content,e===2||e===3){let f=this.el.content.firstChild;f.replaceWith(...f.childNodes)}for(;(n=de.nextNode())!==null&&l.length<a;){if(n.nodeType===1){if(n.hasAttributes())for(let f of n.getAttributeNames())if(f.endsWith(Cr)){let v=d[o++],g=n.getAttribute(f).split(se),$=/([.?@])?(.*)/.exec(v);l.push({type:1,index:i,name:$[2],strings:g,ctor:$[1]==="."?Tt:$[1]==="?"?Rt:$[1]==="@"?Lt:Ae}),n.removeAttribute(f)}else f.startsWith(se)&&(l.push({type:6,index:i}),n.removeAttribute(f));if(qr.test(n.tagName)){let f=n.textContent.split(se),v=f.length-1;if(v>0){n.textContent=lt?lt.emptyScript:"";for(let g=0;g<v;g++)n.append(f[g],Ge()),de.nextNode(),l.push({type:2,index:++i});n.append(f[v],Ge())}}}else if(n.nodeType===8)if(n.data===Pr)l.push({type:2,index:i});else{let f=-1;for(;(f=n.data.indexOf(se,f+1))!==-1;)l.push({type:7,index:i}),f+=se.length-1}i++}}static createElement(t,e){let r=ue.createElement("template");return r.innerHTML=t,r}};function Se(s,t,e=s,r){if(t===me)return t;let n=r!==void 0?e._$Co?.[r]:e._$Cl,i=Ue(t)?void 0:t._$litDirective$;return n?.constructor!==i&&(n?._$AO?.(!1),i===void 0?n=void 0:(n=new i(s),n._$AT(s,e,r)),r!==void 0?(e._$Co??=[])[r]=n:e._$Cl=n),n!==void 0&&(t=Se(s,n._$AS(s,t.values),n,r)),t}var _t=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:r}=this._$AD,n=(t?.creationScope??ue).importNode(e,!0);de.currentNode=n;let i=de.nextNode(),o=0,a=0,l=r[0];for(;l!==void 0;){if(o===l.index){let h;l.type===2?h=new Be(i,i.nextSibling,this,t):l.type===1?h=new l.ctor(i,l.name,l.strings,this,t):l.type===6&&(h=new Ot(i,this,t)),this._$AV.push(h),l=r[++a]}o!==l?.index&&(i=de.nextNode(),o++)}return de.currentNode=ue,n}p(t){let e=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(t,r,e),e+=r.strings.length-2):r._$AI(t[e])),e++}},Be=class s{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,r,n){this.type=2,this._$AH=m,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=r,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=Se(this,t,e),Ue(t)?t===m||t==null||t===""?(this._$AH!==m&&this._$AR(),this._$AH=m):t!==this._$AH&&t!==me&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):gn(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==m&&Ue(this._$AH)?this._$AA.nextSibling.data=t:this.T(ue.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:r}=t,n=typeof r=="number"?this._$AC(t):(r.el===void 0&&(r.el=ze.createElement(Mr(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===n)this._$AH.p(e);else{let i=new _t(n,this),o=i.u(this.options);i.p(e),this.T(o),this._$AH=i}}_$AC(t){let e=Er.get(t.strings);return e===void 0&&Er.set(t.strings,e=new ze(t)),e}k(t){Nt(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,r,n=0;for(let i of t)n===e.length?e.push(r=new s(this.O(Ge()),this.O(Ge()),this,this.options)):r=e[n],r._$AI(i),n++;n<e.length&&(this._$AR(r&&r._$AB.nextSibling,n),e.length=n)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let r=wr(t).nextSibling;wr(t).remove(),t=r}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},Ae=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,r,n,i){this.type=1,this._$AH=m,this._$AN=void 0,this.element=t,this.name=e,this._$AM=n,this.options=i,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=m}_$AI(t,e=this,r,n){let i=this.strings,o=!1;if(i===void 0)t=Se(this,t,e,0),o=!Ue(t)||t!==this._$AH&&t!==me,o&&(this._$AH=t);else{let a=t,l,h;for(t=i[0],l=0;l<i.length-1;l++)h=Se(this,a[r+l],e,l),h===me&&(h=this._$AH[l]),o||=!Ue(h)||h!==this._$AH[l],h===m?t=m:t!==m&&(t+=(h??"")+i[l+1]),this._$AH[l]=h}o&&!n&&this.j(t)}j(t){t===m?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},Tt=class extends Ae{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===m?void 0:t}},Rt=class extends Ae{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==m)}},Lt=class extends Ae{constructor(t,e,r,n,i){super(t,e,r,n,i),this.type=5}_$AI(t,e=this){if((t=Se(this,t,e,0)??m)===me)return;let r=this._$AH,n=t===m&&r!==m||t.capture!==r.capture||t.once!==r.once||t.passive!==r.passive,i=t!==m&&(r===m||n);n&&this.element.removeEventListener(this.name,this,r),i&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},Ot=class{constructor(t,e,r){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(t){Se(this,t)}};var bn=Ht.litHtmlPolyfillSupport;bn?.(ze,Be),(Ht.litHtmlVersions??=[]).push("3.3.3");var _r=(s,t,e)=>{let r=e?.renderBefore??t,n=r._$litPart$;if(n===void 0){let i=e?.renderBefore??null;r._$litPart$=n=new Be(t.insertBefore(Ge(),i),i,void 0,e??{})}return n._$AI(s),n};var It=globalThis,ne=class extends Y{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=_r(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return me}};ne._$litElement$=!0,ne.finalized=!0,It.litElementHydrateSupport?.({LitElement:ne});var yn=It.litElementPolyfillSupport;yn?.({LitElement:ne});(It.litElementVersions??=[]).push("4.2.2");var wn=b`
  :root {
    --paper: #fcfbf8;
    --ink: #1d1c1a;
    --quiet: #67635b;
    --rule: #e2dfd7;
    --bar: #a9a49a;
    --accent: #b23a12;
    --gold: #8a6200;
    --weight: #1f6093;
    --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", "Noto Serif",
      "Source Han Serif SC", "Noto Serif CJK SC", "Songti SC", SimSun, serif;
    --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei",
      "Source Han Sans SC", "Noto Sans CJK SC", sans-serif;
    color-scheme: light;
    background: var(--paper);
    color: var(--ink);
    font: 400 1rem/1.5 var(--sans);
    -webkit-text-size-adjust: 100%;
  }
  @media screen {
    :root[data-theme="dark"] {
      --paper: #161514;
      --ink: #ebe7de;
      --quiet: #a8a297;
      --rule: #36332f;
      --bar: #6b665e;
      --accent: #ff9166;
      --gold: #e0b450;
      --weight: #7db9ea;
      color-scheme: dark;
    }
  }
  body {
    margin: 0;
  }
  @page {
    margin: 15mm;
  }
`,y=b`
  :host {
    display: block;
    box-sizing: border-box;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  h1,
  h2,
  h3,
  p,
  figure,
  ol,
  ul {
    margin: 0;
    padding: 0;
    font-weight: inherit;
  }
  ol,
  ul {
    list-style: none;
  }
  .quiet {
    color: var(--quiet);
    font-size: 0.875rem;
  }
  .number {
    font-variant-numeric: tabular-nums lining-nums;
  }
  button,
  select {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    border-radius: 2px;
    padding: 0.15em 0.2em;
    margin: 0;
    cursor: pointer;
  }
  select {
    border-bottom: 1px solid var(--quiet);
    border-radius: 0;
    max-width: 100%;
  }
  select option {
    color: #1d1c1a;
    background: #fcfbf8;
  }
  button:disabled,
  select:disabled {
    color: var(--quiet);
    border-bottom-color: transparent;
    cursor: default;
    opacity: 1;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media print {
    .screen {
      display: none !important;
    }
  }
`;function Tr(s){s.adoptedStyleSheets=[...s.adoptedStyleSheets,wn.styleSheet]}var w=s=>(t,e)=>{e!==void 0?e.addInitializer(()=>{customElements.define(s,t)}):customElements.define(s,t)};var $n={attribute:!0,type:String,converter:Fe,reflect:!1,hasChanged:at},xn=(s=$n,t,e)=>{let{kind:r,metadata:n}=e,i=globalThis.litPropertyMetadata.get(n);if(i===void 0&&globalThis.litPropertyMetadata.set(n,i=new Map),r==="setter"&&((s=Object.create(s)).wrapped=!0),i.set(e.name,s),r==="accessor"){let{name:o}=e;return{set(a){let l=t.get.call(this);t.set.call(this,a),this.requestUpdate(o,l,s,!0,a)},init(a){return a!==void 0&&this.C(o,void 0,s,a),a}}}if(r==="setter"){let{name:o}=e;return function(a){let l=this[o];t.call(this,a),this.requestUpdate(o,l,s,!0,a)}}throw Error("Unsupported decorator location: "+r)};function u(s){return(t,e)=>typeof e=="object"?xn(s,t,e):((r,n,i)=>{let o=n.hasOwnProperty(i);return n.constructor.createProperty(i,r),o?Object.getOwnPropertyDescriptor(n,i):void 0})(s,t,e)}function S(s){return u({...s,state:!0,attribute:!1})}var fe=(s,t,e)=>(e.configurable=!0,e.enumerable=!0,Reflect.decorate&&typeof t!="object"&&Object.defineProperty(s,t,e),e);function z(s,t){return(e,r,n)=>{let i=o=>o.renderRoot?.querySelector(s)??null;if(t){let{get:o,set:a}=typeof r=="object"?e:n??(()=>{let l=Symbol();return{get(){return this[l]},set(h){this[l]=h}}})();return fe(e,r,{get(){let l=o.call(this);return l===void 0&&(l=i(this),(l!==null||this.hasUpdated)&&a.call(this,l)),l}})}return fe(e,r,{get(){return i(this)}})}}var Rr={language:"English",languageSwitch:"Language",themeSwitch:"Colours",light:"Light",dark:"Dark",views:"Texts",compareWith:"Beside it",nothingBeside:"nothing",noViews:"This report holds nothing to show.",noMaps:"This model has no attention: there are no weights to show.",unreadable:s=>`The data of this page can't be read: ${s}`,showing:"Showing ",comma:", ",map:"Map",mapKinds:{cross:"cross-attention",encoder:"the encoder\u2019s self-attention",decoder:"the decoder\u2019s self-attention",self:"self-attention",causal:"causal self-attention",unknown:"attention"},layer:"Layer",layerNumber:s=>`layer ${s}`,head:"Head",headNumber:s=>`head ${s}`,meanOfHeads:s=>`the mean of ${s} heads`,unit:"Unit",words:"by word",tokens:"by token",scale:"Shades",linear:"on a linear scale",log:"on a logarithmic scale",kernel:s=>`Computed by the kernel ${s}.`,pointAtWord:"Point at a word to see what it looked at and what looked at it.",lookedAt:s=>`\u201C${s}\u201D looked at`,lookedAtBy:s=>`\u201C${s}\u201D was looked at by`,cell:(s,t)=>`\u201C${s}\u201D looked at \u201C${t}\u201D`,nothingSeen:"nothing",locked:"Kept. Escape lets go.",letGo:"Let go",rest:(s,t)=>`${s} others ${t}`,entropy:(s,t)=>`Entropy ${s} nats, as spread as ${t} equal weights.`,received:s=>`Received ${s} in all.`,probability:s=>`Probability ${s}.`,exact:s=>`Weights are shown to within ${s}.`,bound:(s,t)=>`Weights are pooled: a number is the largest of ${s} \xD7 ${t} weights; single ones are not in this file.`,textHeading:"The text",textExplained:"Point at a word. The darker a word in the other text, the more weight it received; the bar under a word shows how probable the model found it.",textExplainedSelf:"The same text twice: above as what is looked at, below as what is looking. The darker a word, the more weight.",looking:"looking",lookedAtSide:"looked at",sideRole:(s,t)=>s?`${s}, ${t}`:t,sides:{source:"Source",target:"Target",read:"What the decoder had read",regions:"Regions",queries:"Queries",keys:"Keys",tokens:"Tokens"},mapHeading:"The map",mapExplained:"A row is a word that looked, a column one that was looked at. Bars at the right: how spread out a row is (entropy); below: what a column received in all.",mapKeys:"Click to keep a cell. Pinch, or hold Ctrl and scroll, to zoom; drag to move. Keyboard: arrows, + and \u2212, 0 for the whole map, Escape to let go.",mapName:(s,t)=>`Heat map of ${s} rows and ${t} columns`,zoomIn:"Zoom in",zoomOut:"Zoom out",whole:"Whole map",entropyBand:"entropy",receivedBand:"received",linksHeading:"The links",linksExplained:"Each line joins a word that looked (right) with one it looked at (left); the heavier the line, the more weight. Small weights are left out.",linksPart:(s,t,e)=>`${s} to ${t} of ${e}`,headsHeading:"All layers and heads",headsExplained:"One small map for each head, all on one scale. Choose one to see it above.",meanShort:"mean",headName:(s,t)=>`${s}, ${t}`,pictureHeading:"The picture",pictureExplained:"Regions that a word looked at stay bright, the others are darkened; the brightest is the one with the most weight. Point at a region to see which words looked at it.",pictureWordsHeading:"Word by word",pictureWordsExplained:"Where each word of the caption looked.",pictureName:s=>`Where \u201C${s}\u201D looked`,pictureWhole:"The picture, by regions",alternativesHeading:"What else the search had",alternativesExplained:"Best first, with its score: log-probability after the length penalty. Underlined: what differs from the best.",confidenceHeading:"Where the model was least sure",confidenceExplained:"Probability of each word given those before it, the lowest first.",goldLegend:"Frames are links drawn by hand: sure (solid), possible (dashed); dots are the model\u2019s own.",aer:s=>`Alignment error rate ${s}.`,notesHeading:"Where weight collects",notesExplained:"Heads that rest on a few places whatever the word. Such weight says little about meaning.",headIn:(s,t,e)=>`${s}, ${t}, ${e}`,sink:(s,t)=>`${s} of its weight on ${t}`,places:{eos:"the end of the sentence",first:"the first token",punctuation:"punctuation",padding:"padding"},computing:"Reading \u2026"};var Lr={language:"\u4E2D\u6587",languageSwitch:"\u8BED\u8A00",themeSwitch:"\u914D\u8272",light:"\u6D45\u8272",dark:"\u6DF1\u8272",views:"\u6587\u672C",compareWith:"\u5E76\u6392\u5BF9\u6BD4",nothingBeside:"\u4E0D\u5BF9\u6BD4",noViews:"\u8FD9\u4EFD\u62A5\u544A\u91CC\u6CA1\u6709\u53EF\u663E\u793A\u7684\u5185\u5BB9\u3002",noMaps:"\u8FD9\u4E2A\u6A21\u578B\u6CA1\u6709\u6CE8\u610F\u529B\uFF0C\u56E0\u6B64\u6CA1\u6709\u6743\u91CD\u53EF\u4EE5\u663E\u793A\u3002",unreadable:s=>`\u65E0\u6CD5\u8BFB\u53D6\u672C\u9875\u6570\u636E\uFF1A${s}`,showing:"\u5F53\u524D\u663E\u793A",comma:"\uFF0C",map:"\u6CE8\u610F\u529B\u7C7B\u578B",mapKinds:{cross:"\u4EA4\u53C9\u6CE8\u610F\u529B",encoder:"\u7F16\u7801\u5668\u81EA\u6CE8\u610F\u529B",decoder:"\u89E3\u7801\u5668\u81EA\u6CE8\u610F\u529B",self:"\u81EA\u6CE8\u610F\u529B",causal:"\u56E0\u679C\u81EA\u6CE8\u610F\u529B",unknown:"\u6CE8\u610F\u529B"},layer:"\u5C42",layerNumber:s=>`\u7B2C ${s} \u5C42`,head:"\u5934",headNumber:s=>`\u7B2C ${s} \u5934`,meanOfHeads:s=>`${s} \u4E2A\u5934\u7684\u5E73\u5747`,unit:"\u5355\u4F4D",words:"\u6309\u8BCD",tokens:"\u6309 token",scale:"\u8272\u6807",linear:"\u7EBF\u6027\u8272\u6807",log:"\u5BF9\u6570\u8272\u6807",kernel:s=>`\u7531\u5185\u6838 ${s} \u8BA1\u7B97\u3002`,pointAtWord:"\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u8BCD\u4E0A\uFF0C\u770B\u5B83\u5173\u6CE8\u4E86\u4EC0\u4E48\u3001\u53C8\u88AB\u4EC0\u4E48\u5173\u6CE8\u3002",lookedAt:s=>`\u201C${s}\u201D\u5173\u6CE8\u4E86`,lookedAtBy:s=>`\u5173\u6CE8\u201C${s}\u201D\u7684\u6709`,cell:(s,t)=>`\u201C${s}\u201D\u5BF9\u201C${t}\u201D\u7684\u6743\u91CD`,nothingSeen:"\u65E0",locked:"\u5DF2\u9501\u5B9A\uFF0C\u6309 Esc \u89E3\u9664\u3002",letGo:"\u89E3\u9664\u9501\u5B9A",rest:(s,t)=>`\u5176\u4F59 ${s} \u4E2A\u5171 ${t}`,entropy:(s,t)=>`\u71B5 ${s} \u5948\u7279\uFF0C\u76F8\u5F53\u4E8E ${t} \u4E2A\u5747\u7B49\u7684\u6743\u91CD\u3002`,received:s=>`\u5171\u6536\u5230 ${s}\u3002`,probability:s=>`\u6982\u7387 ${s}\u3002`,exact:s=>`\u663E\u793A\u7684\u6743\u91CD\u8BEF\u5DEE\u4E0D\u8D85\u8FC7 ${s}\u3002`,bound:(s,t)=>`\u6743\u91CD\u5DF2\u6C60\u5316\uFF1A\u6BCF\u4E2A\u6570\u662F ${s} \xD7 ${t} \u4E2A\u6743\u91CD\u4E2D\u7684\u6700\u5927\u503C\uFF0C\u672C\u6587\u4EF6\u4E0D\u542B\u5355\u4E2A\u6743\u91CD\u3002`,textHeading:"\u6587\u672C",textExplained:"\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u8BCD\u4E0A\uFF1A\u53E6\u4E00\u4FA7\u7684\u8BCD\u989C\u8272\u8D8A\u6DF1\uFF0C\u5F97\u5230\u7684\u6743\u91CD\u8D8A\u5927\u3002\u8BCD\u4E0B\u7684\u77ED\u7EBF\u8868\u793A\u6A21\u578B\u8BA4\u4E3A\u5B83\u6709\u591A\u5927\u6982\u7387\u3002",textExplainedSelf:"\u540C\u4E00\u6BB5\u6587\u672C\u51FA\u73B0\u4E24\u6B21\uFF1A\u4E0A\u9762\u662F\u88AB\u5173\u6CE8\u7684\uFF0C\u4E0B\u9762\u662F\u53D1\u51FA\u5173\u6CE8\u7684\u3002\u989C\u8272\u8D8A\u6DF1\uFF0C\u6743\u91CD\u8D8A\u5927\u3002",looking:"\u53D1\u51FA\u5173\u6CE8",lookedAtSide:"\u88AB\u5173\u6CE8",sideRole:(s,t)=>s?`${s}\uFF08${t}\uFF09`:t,sides:{source:"\u6E90\u6587",target:"\u8BD1\u6587",read:"\u89E3\u7801\u5668\u5DF2\u8BFB",regions:"\u533A\u57DF",queries:"\u67E5\u8BE2",keys:"\u952E",tokens:"Token \u5E8F\u5217"},mapHeading:"\u70ED\u529B\u56FE",mapExplained:"\u6BCF\u884C\u662F\u4E00\u4E2A\u53D1\u51FA\u5173\u6CE8\u7684\u8BCD\uFF0C\u6BCF\u5217\u662F\u4E00\u4E2A\u88AB\u5173\u6CE8\u7684\u8BCD\u3002\u53F3\u4FA7\u77ED\u6761\u662F\u8BE5\u884C\u7684\u5206\u6563\u7A0B\u5EA6\uFF08\u71B5\uFF09\uFF0C\u4E0B\u65B9\u77ED\u6761\u662F\u8BE5\u5217\u6536\u5230\u7684\u6743\u91CD\u603B\u548C\u3002",mapKeys:"\u70B9\u51FB\u53EF\u9501\u5B9A\u4E00\u683C\u3002\u53CC\u6307\u6216\u6309\u4F4F Ctrl \u6EDA\u52A8\u53EF\u7F29\u653E\uFF0C\u62D6\u52A8\u53EF\u5E73\u79FB\u3002\u952E\u76D8\uFF1A\u65B9\u5411\u952E\u79FB\u52A8\uFF0C+ \u548C \u2212 \u7F29\u653E\uFF0C0 \u663E\u793A\u5168\u56FE\uFF0CEsc \u89E3\u9664\u9501\u5B9A\u3002",mapName:(s,t)=>`${s} \u884C ${t} \u5217\u7684\u70ED\u529B\u56FE`,zoomIn:"\u653E\u5927",zoomOut:"\u7F29\u5C0F",whole:"\u5168\u56FE",entropyBand:"\u71B5",receivedBand:"\u6536\u5230",linksHeading:"\u8FDE\u7EBF",linksExplained:"\u6BCF\u6761\u7EBF\u628A\u4E00\u4E2A\u53D1\u51FA\u5173\u6CE8\u7684\u8BCD\uFF08\u53F3\uFF09\u4E0E\u5B83\u5173\u6CE8\u7684\u8BCD\uFF08\u5DE6\uFF09\u8FDE\u8D77\u6765\uFF0C\u7EBF\u8D8A\u91CD\uFF0C\u6743\u91CD\u8D8A\u5927\uFF1B\u592A\u5C0F\u7684\u4E0D\u753B\u3002",linksPart:(s,t,e)=>`\u7B2C ${s} \u81F3 ${t} \u4E2A\uFF0C\u5171 ${e} \u4E2A`,headsHeading:"\u6240\u6709\u5C42\u4E0E\u5934",headsExplained:"\u6BCF\u4E2A\u5934\u4E00\u5E45\u5C0F\u56FE\uFF0C\u8272\u6807\u76F8\u540C\u3002\u70B9\u9009\u4E00\u5E45\uFF0C\u4E0A\u65B9\u5404\u56FE\u968F\u4E4B\u5207\u6362\u3002",meanShort:"\u5E73\u5747",headName:(s,t)=>`${s}\uFF0C${t}`,pictureHeading:"\u56FE\u7247",pictureExplained:"\u88AB\u4E00\u4E2A\u8BCD\u5173\u6CE8\u7684\u533A\u57DF\u4FDD\u6301\u660E\u4EAE\uFF0C\u5176\u4F59\u53D8\u6697\uFF0C\u6700\u4EAE\u5904\u6743\u91CD\u6700\u5927\u3002\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u533A\u57DF\u4E0A\uFF0C\u770B\u54EA\u4E9B\u8BCD\u5173\u6CE8\u4E86\u5B83\u3002",pictureWordsHeading:"\u9010\u8BCD\u67E5\u770B",pictureWordsExplained:"\u63CF\u8FF0\u4E2D\u7684\u6BCF\u4E2A\u8BCD\u5404\u5173\u6CE8\u4E86\u54EA\u91CC\u3002",pictureName:s=>`\u201C${s}\u201D\u5173\u6CE8\u7684\u4F4D\u7F6E`,pictureWhole:"\u6309\u533A\u57DF\u5212\u5206\u7684\u56FE\u7247",alternativesHeading:"\u641C\u7D22\u7684\u5176\u4ED6\u5019\u9009",alternativesExplained:"\u6309\u5F97\u5206\u4ECE\u9AD8\u5230\u4F4E\u6392\u5217\uFF1B\u5F97\u5206\u662F\u7ECF\u957F\u5EA6\u60E9\u7F5A\u540E\u7684\u5BF9\u6570\u6982\u7387\u3002\u5E26\u4E0B\u5212\u7EBF\u7684\u662F\u4E0E\u6700\u4F73\u5019\u9009\u4E0D\u540C\u7684\u90E8\u5206\u3002",confidenceHeading:"\u6A21\u578B\u6700\u6CA1\u628A\u63E1\u7684\u5730\u65B9",confidenceExplained:"\u6BCF\u4E2A\u8BCD\u5728\u5176\u524D\u6587\u6761\u4EF6\u4E0B\u7684\u6982\u7387\uFF0C\u4ECE\u4F4E\u5230\u9AD8\u6392\u5217\u3002",goldLegend:"\u65B9\u6846\u662F\u4EBA\u5DE5\u6807\u6CE8\u7684\u5BF9\u9F50\uFF1A\u786E\u5B9A\uFF08\u5B9E\u7EBF\uFF09\u3001\u53EF\u80FD\uFF08\u865A\u7EBF\uFF09\uFF1B\u5706\u70B9\u662F\u6A21\u578B\u81EA\u5DF1\u7684\u5BF9\u9F50\u3002",aer:s=>`\u5BF9\u9F50\u9519\u8BEF\u7387\uFF08AER\uFF09${s}\u3002`,notesHeading:"\u6743\u91CD\u805A\u96C6\u4E4B\u5904",notesExplained:"\u8FD9\u4E9B\u5934\u65E0\u8BBA\u5904\u7406\u54EA\u4E2A\u8BCD\uFF0C\u6743\u91CD\u90FD\u96C6\u4E2D\u5728\u5C11\u6570\u4F4D\u7F6E\u4E0A\uFF0C\u4E0E\u8BCD\u4E49\u5173\u7CFB\u4E0D\u5927\u3002",headIn:(s,t,e)=>`${s}\uFF0C${t}\uFF0C${e}`,sink:(s,t)=>`${s} \u7684\u6743\u91CD\u843D\u5728${t}\u4E0A`,places:{eos:"\u53E5\u5B50\u7ED3\u675F\u7B26",first:"\u7B2C\u4E00\u4E2A token",punctuation:"\u6807\u70B9",padding:"\u586B\u5145"},computing:"\u6B63\u5728\u8BFB\u53D6\u2026\u2026"};var Ee={en:Rr,zh:Lr};function Or(s){try{return localStorage.getItem(`qkv.${s}`)}catch{return null}}function Hr(s,t){try{localStorage.setItem(`qkv.${s}`,t)}catch{return}}function kn(){return navigator.languages.map(t=>t.slice(0,2).toLowerCase()).find(t=>t in Ee)??"en"}var Ft=class extends EventTarget{constructor(){super();this.darkness=matchMedia("(prefers-color-scheme: dark)");this.paper=matchMedia("print");this.chosenTheme=Or("theme");this.chosenLanguage=Or("language");this.darkness.addEventListener("change",()=>this.changed()),this.paper.addEventListener("change",()=>this.changed()),this.apply()}get language(){let e=this.chosenLanguage;return e&&e in Ee?e:kn()}get text(){return Ee[this.language]}get theme(){return this.paper.matches?"light":this.screenTheme}get screenTheme(){return this.chosenTheme??(this.darkness.matches?"dark":"light")}choose(e,r){e!==this.language&&(this.chosenLanguage=e,Hr("language",e)),r!==this.screenTheme&&(this.chosenTheme=r,Hr("theme",r)),this.changed()}changed(){this.apply(),this.dispatchEvent(new Event("change"))}apply(){document.documentElement.lang=this.language==="zh"?"zh-Hans":"en",document.documentElement.dataset.theme=this.screenTheme}},E=new Ft;var x=class extends ne{constructor(){super(...arguments);this.preferencesChanged=()=>this.requestUpdate()}get text(){return E.text}connectedCallback(){super.connectedCallback(),E.addEventListener("change",this.preferencesChanged)}disconnectedCallback(){E.removeEventListener("change",this.preferencesChanged),super.disconnectedCallback()}ask(e,r){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0,detail:r}))}};var je=class extends x{render(){let{language:t,screenTheme:e}=E,r=Object.keys(Ee);return c`
      <div role="group" aria-label=${this.text.languageSwitch}>
        ${r.map(n=>Nr(Ee[n].language,n===t,()=>E.choose(n,e)))}
      </div>
      <div role="group" aria-label=${this.text.themeSwitch}>
        ${["light","dark"].map(n=>Nr(this.text[n],n===e,()=>E.choose(t,n)))}
      </div>
    `}};je.styles=[y,b`
      :host {
        display: flex;
        gap: 1.25rem;
        font-size: 0.875rem;
      }
      button {
        color: var(--quiet);
      }
      button[aria-pressed="true"] {
        color: var(--ink);
        border-bottom: 1px solid var(--ink);
        border-radius: 0;
      }
    `],je=p([w("qkv-preferences-switch")],je);var Nr=(s,t,e)=>c`<button type="button" aria-pressed=${t} @click=${e}>${s}</button>`;function Wr(s,t){let{map:e,unit:r,querySide:n,keySide:i}=t;if(!s||e.kind!=="cross")return[];let o=(h,d)=>r==="words"?[d,d+1]:h[d],a=h=>([d,f])=>({kind:h,rows:o(n.words,f),columns:o(i.words,d)}),l=new Set(s.sure.map(String));return[...s.possible.filter(h=>!l.has(String(h))).map(a("possible")),...s.sure.map(a("sure")),...s.links.map(a("link"))].filter(({rows:h,columns:d})=>h&&d)}function Ke(s){return s===0?"0":s<.001?Dt(s,2):s.toFixed(3)}function Ir(s,t){if(s===0)return"0";let e=t?Math.max(2,Math.ceil(Math.log10(s/t))):2;return Dt(s,Math.min(6,e))}function Fr(s){return Dt(s,1)}var B=s=>`${Math.round(s*100)} %`;function Dt(s,t){return s>=1e-6?Number(s.toPrecision(t)).toFixed(Sn(s,t)):s.toExponential(t-1)}var Sn=(s,t)=>Math.max(0,t-1-Math.floor(Math.log10(s)));function Ce(s,t,e){let r=128<<t;return[s*r,Math.min(e,(s+1)*r)]}var Qe=(s,t)=>Math.ceil(s/2**t);var An=256,ie=class{constructor(t,e,r){this.shape=t;this.blocks=e;this.precision=r;let[n,i]=t,o=t.map(a=>Math.max(1,Math.ceil(a/An)));this.overview={...Dr(e,[0,n],[0,i],o),by:o},this.entropy=new Float32Array(n),this.received=new Float32Array(i),Gt(e,(a,l,h)=>{h>0&&(this.entropy[a]-=h*Math.log(h)),this.received[l]+=h})}async tile({level:t,tile:e}){let r=Ce(e[0],t[0],this.shape[0]),n=Ce(e[1],t[1],this.shape[1]);return Dr(this.blocks,r,n,[2**t[0],2**t[1]])}row(t){let e=new Float32Array(this.shape[1]);for(let r of this.blocks){let n=t-r.row;if(!(n<0||n>=r.rows))for(let i=0;i<r.columns;i++)e[r.column+i]+=r.values[n*r.columns+i]}return e}column(t){let e=new Float32Array(this.shape[0]);for(let r of this.blocks){let n=t-r.column;if(!(n<0||n>=r.columns))for(let i=0;i<r.rows;i++)e[r.row+i]+=r.values[i*r.columns+n]}return e}cell(t,e){return this.row(t)[e]}};function Gt(s,t){for(let{row:e,column:r,rows:n,columns:i,values:o}of s)for(let a=0;a<n;a++)for(let l=0;l<i;l++)t(e+a,r+l,o[a*i+l])}function ge(s){return s.encoding==="dense"||s.encoding==="blocks"}function Dr(s,[t,e],[r,n],i){let o=Math.ceil((e-t)/i[0]),a=Math.ceil((n-r)/i[1]),l=new Float32Array(o*a);for(let h of s){let d=Math.min(e,h.row+h.rows),f=Math.min(n,h.column+h.columns);for(let v=Math.max(t,h.row);v<d;v++){let g=Math.floor((v-t)/i[0])*a,$=(v-h.row)*h.columns-h.column;for(let C=Math.max(r,h.column);C<f;C++){let _=g+Math.floor((C-r)/i[1]);l[_]=Math.max(l[_],h.values[$+C])}}}return{rows:o,columns:a,values:l}}var A={row:null,column:null};function Je(s,{maps:t},e=0){let r=t[e]?.layers??[],n=r.at(-1)?.heads??[],i=n.length>1&&n.every(ge);return{view:s,map:e,layer:Math.max(0,r.length-1),head:i?null:0}}function Ur(s,t,e){if(!(s instanceof ie))return s;let r=[t.length,e.length],[n,i]=[Gr(t),Gr(e)],o=s.blocks.map(l=>{let h=En(l,n,i);return Gt([l],(d,f,v)=>{let[g,$]=[n[d],i[f]],[C,_]=t[g];h.values[(g-h.row)*h.columns+$-h.column]+=v/(_-C)}),h}),a=e.reduce((l,[h,d])=>Math.max(l,d-h),1);return new ie(r,o,s.precision*a)}function Gr(s){let t=new Int32Array(s.at(-1)?.[1]??0);return s.forEach(([e,r],n)=>void t.fill(n,e,r)),t}function En(s,t,e){let[r,n]=[t[s.row],e[s.column]],i=t[s.row+s.rows-1]+1-r,o=e[s.column+s.columns-1]+1-n;return{row:r,column:n,rows:i,columns:o,values:new Float32Array(i*o)}}function zr(s){let t=s[0].blocks.map((e,r)=>{let n=new Float32Array(e.values.length);for(let i of s){let o=i.blocks[r].values;for(let a=0;a<n.length;a++)n[a]+=o[a]/s.length}return{...e,values:n}});return new ie(s[0].shape,t,s[0].precision)}var Br=`"use strict";(()=>{function h(e,r,t){let n=128<<r;return[e*n,Math.min(t,(e+1)*n)]}var f=(e,r)=>Math.ceil(e/2**r);function g(e,r,t){let{width:n,query:a,key:s}=e,[l,m]=[r*n,t*n],u=0;for(let o=0;o<n;o++)u+=a[l+o]*s[m+o];return u}function M({band:[e,r],shape:t},n){return[e===null?0:Math.max(0,n+e),r===null?t[1]:Math.max(0,Math.min(t[1],n+r+1))]}function S(e,{level:r,tile:t}){let[n,a]=h(t[0],r[0],e.shape[0]),[s,l]=h(t[1],r[1],e.shape[1]),m=Math.min(128,f(a-n,r[0])),u=Math.min(128,f(l-s,r[1])),o=new Float32Array(m*u);for(let i=n;i<a;i++){let y=o.subarray((i-n>>r[0])*u);F(e,i,[s,l],r[1],y)}return{rows:m,columns:u,values:o}}function F(e,r,[t,n],a,s){let{hidden:l,keyScale:m,logsumexp:u,queryScale:o}=e,[i,y]=M(e,r);for(let c=0;c<s.length&&t+(c<<a)<n;c++){let d=t+(c<<a),b=-1/0,w=Math.min(n,y,d+(1<<a));for(let p=Math.max(d,i);p<w;p++)l[p]||(b=Math.max(b,g(e,r,p)*m[p]));let A=Math.exp(b*o[r]-u[r]);s[c]=Math.max(s[c],Math.min(1,A))}}var v=new Map;self.onmessage=({data:e})=>{e.scores&&v.set(e.key,e.scores);let r=S(v.get(e.key),e.place);self.postMessage({number:e.number,grid:r},{transfer:[r.values.buffer]})};})();
`;function Vr(s,t,e){let{width:r,query:n,key:i}=s,[o,a]=[t*r,e*r],l=0;for(let h=0;h<r;h++)l+=n[o+h]*i[a+h];return l}function jr({band:[s,t],shape:e},r){return[s===null?0:Math.max(0,r+s),t===null?e[1]:Math.max(0,Math.min(e[1],r+t+1))]}function Pn(s,t,e){let[r,n]=jr(s,t);if(s.hidden[e]||e<r||e>=n)return 0;let i=Vr(s,t,e)*s.queryScale[t]*s.keyScale[e];return Math.min(1,Math.exp(i-s.logsumexp[t]))}function Kr(s,{level:t,tile:e}){let[r,n]=Ce(e[0],t[0],s.shape[0]),[i,o]=Ce(e[1],t[1],s.shape[1]),a=Math.min(128,Qe(n-r,t[0])),l=Math.min(128,Qe(o-i,t[1])),h=new Float32Array(a*l);for(let d=r;d<n;d++){let f=h.subarray((d-r>>t[0])*l);qn(s,d,[i,o],t[1],f)}return{rows:a,columns:l,values:h}}function qn(s,t,[e,r],n,i){let{hidden:o,keyScale:a,logsumexp:l,queryScale:h}=s,[d,f]=jr(s,t);for(let v=0;v<i.length&&e+(v<<n)<r;v++){let g=e+(v<<n),$=-1/0,C=Math.min(r,f,g+(1<<n));for(let W=Math.max(g,d);W<C;W++)o[W]||($=Math.max($,Vr(s,t,W)*a[W]));let _=Math.exp($*h[t]-l[t]);i[v]=Math.max(i[v],Math.min(1,_))}}var Mn=3,ht=class{constructor(t,e,r,n,i,o){this.scores=t;this.precision=e;this.overview=r;this.entropy=n;this.received=i;this.compute=o;this.shape=t.shape}tile(t){return t.level.every((r,n)=>2**r*Mn<=this.overview.by[n])?this.compute(this.scores,t):null}row(t){return Float32Array.from({length:this.shape[1]},(e,r)=>this.cell(t,r))}column(t){return Float32Array.from({length:this.shape[0]},(e,r)=>this.cell(r,t))}cell(t,e){return Pn(this.scores,t,e)}};var Pe=new Map,ct=new Map,_n=0,Ye;function Tn(){try{let s=new Worker(URL.createObjectURL(new Blob([Br],{type:"text/javascript"})));return s.onmessage=({data:t})=>Qr(t.number,t.grid),s.onerror=()=>{Ye=null;for(let t of Pe.keys())Jr(t)},s}catch{return null}}function Qr(s,t){Pe.get(s)?.done(t),Pe.delete(s)}function Jr(s){let{scores:t,place:e}=Pe.get(s);setTimeout(()=>Qr(s,Kr(t,e)))}function Rn(s,{scores:t,place:e}){let r={number:s,key:ct.get(t)??ct.size,place:e};ct.has(t)||(ct.set(t,r.key),r.scores=t),Ye.postMessage(r)}function Yr(s,t){return Ye===void 0&&(Ye=Tn()),new Promise(e=>{let r=_n++;Pe.set(r,{scores:s,place:t,done:e}),Ye?Rn(r,Pe.get(r)):Jr(r)})}var Zr=Array.from({length:94},(s,t)=>String.fromCharCode(33+t)).filter(s=>!'"<\\'.includes(s)).join(""),Ut=new Uint8Array(128);for(let s=0;s<Zr.length;s++)Ut[Zr.charCodeAt(s)]=s;function Ln(s){let t=s.length>>1,e=new Uint8Array(13*t+(s.length%2?5:0)>>3),[r,n,i]=[0,0,0];for(let o=0;o<s.length;o+=2){let a=o+1<s.length?Ut[s.charCodeAt(o+1)]:0;for(n|=Ut[s.charCodeAt(o)]+91*a<<r,r+=13;r>=8&&i<e.length;r-=8)e[i++]=n&255,n>>>=8}return e}async function pt(s){if(s==="")return new ArrayBuffer(0);let t=new Blob([Ln(s)]).stream();return new Response(t.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer()}var Xr=async s=>new Uint8Array(await pt(s)),zt=async s=>new Int8Array(await pt(s)),es=async s=>new Uint16Array(await pt(s)),qe=async s=>new Float32Array(await pt(s));var dt=class{constructor(t,e,r,n){this.shape=t;this.overview=e;this.entropy=r;this.received=n;this.precision=null}tile(){return null}row(t){return Float32Array.from({length:this.shape[1]},(e,r)=>this.cell(t,r))}column(t){return Float32Array.from({length:this.shape[0]},(e,r)=>this.cell(r,t))}cell(t,e){let{by:r,columns:n,values:i}=this.overview;return i[Math.floor(t/r[0])*n+Math.floor(e/r[1])]}},On=Float32Array.from({length:256},(s,t)=>t===0?0:2**((t-255)/12));function ts(s){let t=new Float32Array(s.length);for(let e=0;e<s.length;e++)t[e]=On[s[e]];return t}var rs=65535,Hn=48,Me=new Map;function ut(s,t){let e=Me.get(s)??Nn(s,t);return Me.delete(s),Me.set(s,e),Me.size>Hn&&Me.delete(Me.keys().next().value),e}async function ss(s,t){return ge(s)?(await ut(s,t)).overview:ns(s.overview)}async function Nn(s,t){if(ge(s))return Wn(s,t);let e=await ns(s.overview),r=[await qe(s.entropy),await qe(s.received)];if(s.encoding==="pooled")return new dt(s.shape,e,...r);let n=await In(s);return new ht(n,s.precision,e,...r,Yr)}async function Wn(s,t){let e=Float32Array.from(await es(s.data));for(let o=0;o<e.length;o++)e[o]/=rs;let r=0,n=[[0,0,...s.shape]],i=(s.encoding==="blocks"&&t?t:n).map(o=>{let[a,l,h,d]=o,f=r;return r+=h*d,{row:a,column:l,rows:h,columns:d,values:e.subarray(f,r)}});return new ie(s.shape,i,.5/rs)}async function ns({shape:[s,t],by:e,data:r}){return{rows:s,columns:t,by:e,values:ts(await Xr(r))}}async function In(s){return{shape:s.shape,width:s.width,query:await zt(s.query),queryScale:await qe(s.query_scale),key:await zt(s.key),keyScale:await qe(s.key_scale),logsumexp:await qe(s.logsumexp),band:s.band,hidden:Fn(s.shape,s.hidden)}}function Fn([,s],t){let e=new Uint8Array(s);for(let[r,n]of t)e.fill(1,r,n);return e}var Dn=/\p{Cc}/gu,Gn=/^\p{M}/u,Un=/^[\p{Z}\p{Cf}]+$/u;function O(s){if(s==="")return"\u2205";if(Un.test(s))return"\u2423".repeat([...s].length);let t=s.replace(Dn,e=>e<" "?String.fromCharCode(9216+e.charCodeAt(0)):"\u2421");return Gn.test(t)?`\u25CC${t}`:t}function mt(s,t){return t==="words"?s.words:s.tokens.map((e,r)=>[r,r+1])}function F(s,t){return mt(s,t).map(([e,r])=>({text:O(zn(s,e,r)),space:s.spaces[e]??"",tokens:[e,r]}))}function zn({tokens:s,spaces:t},e,r){return s.slice(e,r).map((i,o)=>(o?t[e+o]??"":"")+i).join("")}var is=/\p{L}/u,Bn=/[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}]/u;function os(s){let t=s.find(({text:e})=>is.test(e))?.text.match(is)?.[0]??"";return Bn.test(t)?"rtl":"ltr"}function ft(s,t){let e=[...s];return e.length<=t?s:`${e.slice(0,t-1).join("")}\u2026`}var _e=(s,[t,e])=>s.probabilities?.slice(t,e).reduce((r,n)=>r*n,1)??null;var Vn=64,as=s=>s.shape[1]>Vn?"log":"linear";function Te({name:s},t){return s&&t.name.startsWith(`${s}.`)?t.name.slice(s.length+1):t.name}var Ze=s=>s.heads.every(ge);async function gt(s,t,e){let r=s.maps[t.map],n=r?.layers[t.layer];if(!n||n.heads.length===0)return null;let[i,o]=[s.sides[r.rows],s.sides[r.columns]],a=Ze(n)?e:"tokens",l=await jn(r,n,t.head),h=[mt(i,a),mt(o,a)];return{map:r,layer:n,unit:a,querySide:i,keySide:o,weights:a==="words"?Ur(l,...h):l,rows:F(i,a),columns:F(o,a)}}async function jn({blocks:s},t,e){if(e!==null||!Ze(t))return ut(t.heads[e??0],s);let r=await Promise.all(t.heads.map(n=>ut(n,s)));return zr(r)}var H=(s,t,e)=>c`
  <figure aria-label=${s}>
    <h2>${s}</h2>
    <p class="explained quiet">${t}</p>
    ${e}
  </figure>
`,V=b`
  figure {
    padding: 1.5rem 0 0;
  }
  h2 {
    font: italic 400 1.1875rem/1.4 var(--serif);
    break-after: avoid;
  }
  h2:lang(zh) {
    font-style: normal;
  }
  .explained {
    max-width: 62ch;
    margin-bottom: 0.75rem;
    text-wrap: pretty;
  }
  bdi {
    font-family: var(--serif);
    overflow-wrap: anywhere;
  }
`;var Kn={light:[[252,251,248],[214,229,240],[146,190,220],[62,127,178],[11,52,88]],dark:[[22,21,20],[28,50,70],[40,96,140],[98,164,214],[220,240,255]]},ls=1e-4;function ve(s,t){return t==="linear"?Math.min(1,Math.max(0,s)):s<=ls?0:Math.min(1,1-Math.log10(s)/Math.log10(ls))}function be(s,t){let e=Kn[t],r=Math.min(e.length-1,Math.max(0,s*(e.length-1))),[n,i]=[Math.floor(r),Math.ceil(r)];return e[n].map((a,l)=>Math.round(a+(e[i][l]-a)*(r-n)))}var Re=([s,t,e])=>`rgb(${s}, ${t}, ${e})`;function Qn(s){let[t,e,r]=s.map(n=>{let i=n/255;return i<=.04045?i/12.92:((i+.055)/1.055)**2.4});return .2126*t+.7152*e+.0722*r}function cs(s){return Qn(s)>.18?"#141312":"#ffffff"}var Bt=256,hs=new Map;function Jn(s){let t=hs.get(s);return t||(t=Uint32Array.from({length:Bt},(e,r)=>{let[n,i,o]=be(r/(Bt-1),s);return 255<<24|o<<16|i<<8|n}),hs.set(s,t)),t}function vt(s,t,e,r){let n=Jn(r),i=new ImageData(t,s.length/t),o=new Uint32Array(i.data.buffer);for(let a=0;a<s.length;a++)o[a]=n[Math.round(ve(s[a],e)*(Bt-1))];return i}var ae=class extends x{constructor(){super(...arguments);this.maps=[];this.scale="linear";this.drawing=0}render(){return this.maps.map((e,r)=>c`
        <section><h3 class="quiet">${e.name||this.text.mapKinds[e.kind]}</h3>
        <div role="radiogroup" aria-label=${e.name||this.text.mapKinds[e.kind]} @keydown=${this.keyPressed}>
          ${e.layers.map((n,i)=>this.renderLayer(e,n,r,i))}
        </div></section>
      `)}renderLayer(e,r,n,i){let o=Te(e,r)||this.text.layerNumber(i);return c`<div class="layer">
      <span class="quiet name">${o}</span>
      ${r.heads.map((a,l)=>this.renderHead(o,{...this.pane,map:n,layer:i,head:l}))}
    </div>`}renderHead(e,r){let{map:n,layer:i,head:o}=this.pane,a=n===r.map&&i===r.layer&&(o===null||o===r.head),h=r.head===(o??0)&&i===r.layer&&n===r.map||n!==r.map&&r.layer===0&&r.head===0;return c`<button
      type="button"
      role="radio"
      aria-checked=${a}
      aria-label=${this.text.headName(e,this.text.headNumber(r.head))}
      title=${this.text.headName(e,this.text.headNumber(r.head))}
      tabindex=${h?0:-1}
      @click=${()=>this.choose(r)}
    ><canvas data-head="${r.map} ${r.layer} ${r.head}"></canvas></button>`}choose(e){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:e}))}keyPressed({key:e,currentTarget:r,target:n}){let i={ArrowRight:1,ArrowDown:1,ArrowLeft:-1,ArrowUp:-1}[e];if(!i)return;let o=[...r.querySelectorAll("button")],a=o[o.indexOf(n)+i];a?.focus(),a?.click()}updated(e){(e.has("maps")||e.has("scale")||!e.has("pane"))&&this.drawAll()}async drawAll(){let e=++this.drawing;for(let r of this.renderRoot.querySelectorAll("canvas")){let[n,i,o]=r.dataset.head.split(" ").map(Number),{rows:a,columns:l,values:h}=await ss(this.maps[n].layers[i].heads[o],this.maps[n].blocks);if(e!==this.drawing)return;[r.width,r.height]=[l,a],r.getContext("2d").putImageData(vt(h,l,this.scale,E.theme),0,0)}}};ae.styles=[y,b`
      .layer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.3rem;
        margin: 0.3rem 0;
      }
      .name {
        flex: 0 0 4.5rem;
        overflow-wrap: anywhere;
      }
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 1rem 3rem;
      }
      @media (max-width: 30rem) {
        .layer .name {
          flex-basis: 100%;
        }
      }
      button {
        padding: 2px;
        border: 1px solid var(--rule);
        line-height: 0;
      }
      button[aria-checked="true"] {
        border-color: var(--accent);
        box-shadow: 0 0 0 1px var(--accent);
      }
      canvas {
        width: 4rem;
        height: 4rem;
        image-rendering: pixelated;
        print-color-adjust: exact;
      }
    `],p([u({attribute:!1})],ae.prototype,"maps",2),p([u({attribute:!1})],ae.prototype,"pane",2),p([u({attribute:!1})],ae.prototype,"scale",2),ae=p([w("qkv-head-mosaic")],ae);var Yn=600,bt=class{constructor(t,e,r,n){this.weights=t;this.scale=e;this.theme=r;this.arrived=n;this.grids=new Map;this.images=new Map;this.wanted=[];this.busy=!1}overview(){let{values:t,columns:e}=this.weights.overview;return this.image("overview",t,e)}under(t,e){let r=Xn(t,t.level(e),this.weights.shape);return this.want(r),this.drawable(r)}drawable(t){let e=t[0]?.level??[0,0],r=[...this.grids.values()].filter(({place:n})=>n.level[0]>=e[0]&&n.level[1]>=e[1]);return r.sort((n,i)=>ps(i.place.level)-ps(n.place.level)),r.map(({place:n,grid:i})=>({place:n,image:this.image(Vt(n),i.values,i.columns)}))}image(t,e,r){let n=this.images.get(t);return n||(n=Zn(vt(e,r,this.scale,this.theme)),this.images.set(t,n)),n}want(t){this.wanted=t.filter(e=>!this.grids.has(Vt(e))),this.busy||this.compute()}async compute(){this.busy=!0;for(let t=this.wanted.shift();t;t=this.wanted.shift()){let e=await this.weights.tile(t);if(!e)break;this.grids.set(Vt(t),{place:t,grid:e}),this.forget(),this.arrived()}this.busy=!1}forget(){let[t]=this.grids.keys();this.grids.size<=Yn||(this.grids.delete(t),this.images.delete(t))}},ps=([s,t])=>s+t,Vt=({level:s,tile:t})=>`${s} ${t}`;function Zn(s){let t=document.createElement("canvas");return[t.width,t.height]=[s.width,s.height],t.getContext("2d").putImageData(s,0,0),t}function Xn({left:s,top:t,width:e,height:r,plot:n},i,[o,a]){let l=(g,$,C,_)=>{let W=Math.ceil(Qe(_,C)/128)-1,k=128<<C,J=Math.min(W,Math.floor((g+$)/k)),re=Math.max(0,Math.floor(g/k));return Array.from({length:Math.max(0,J-re+1)},(ke,Ne)=>re+Ne)},h=l(s,n.width/e,i[1],a),d=l(t,n.height/r,i[0],o),f=d.flatMap(g=>h.map($=>({level:i,tile:[g,$]}))),v=({tile:[g,$]})=>Math.hypot(g-(d[0]+d.at(-1))/2,$-(h[0]+h.at(-1))/2);return f.sort((g,$)=>v(g)-v($))}var et=class{constructor(t,e){this.rows=t;this.columns=e;this.width=1;this.height=1;this.left=0;this.top=0;this.plot={width:1,height:1};this.fitted={width:1,height:1}}fit(t){let e=Math.min(30,t.width/this.columns),r=Math.min(30,t.height/this.rows),n=Math.min(e,r);Math.max(e,r)<=3*n&&(e=r=n),this.plot={width:e*this.columns,height:r*this.rows},this.fitted={width:e,height:r},[this.width,this.height,this.left,this.top]=[e,r,0,0]}get whole(){return this.width<=this.fitted.width&&this.height<=this.fitted.height}showWhole(){[this.width,this.height]=[this.fitted.width,this.fitted.height],this.pan(0,0)}zoom(t,e,r){let[n,i]=[this.left+t/this.width,this.top+e/this.height];this.width=ds(this.width,this.fitted.width,r),this.height=ds(this.height,this.fitted.height,r),this.left=n-t/this.width,this.top=i-e/this.height,this.pan(0,0)}pan(t,e){let{width:r,height:n}=this.plot;this.left=Xe(this.left-t/this.width,0,this.columns-r/this.width),this.top=Xe(this.top-e/this.height,0,this.rows-n/this.height)}reveal(t,e){let[r,n]=[this.plot.width/this.width,this.plot.height/this.height];this.left=Xe(this.left,e+1-r,e),this.top=Xe(this.top,t+1-n,t),this.pan(0,0)}cellAt(t,e){let[r,n]=[this.left+t/this.width,this.top+e/this.height].map(Math.floor);return t>=0&&e>=0&&t<this.plot.width&&e<this.plot.height&&n<this.rows&&r<this.columns?{row:n,column:r}:null}level(t){let e=r=>Math.max(0,Math.floor(Math.log2(1/(r*t))));return[e(this.height),e(this.width)]}};function ds(s,t,e){return Xe(s*e,t,Math.max(t,44))}function Xe(s,t,e){return Math.min(Math.max(s,t),Math.max(t,e))}var ei={linear:[0,.25,.5,.75,1],log:[1e-4,.001,.01,.1,1]},jt=40,yt=200,Le=class extends x{constructor(){super(...arguments);this.scale="linear"}render(){let{theme:e}=E,r=yt/jt;return c`<svg viewBox="-16 0 ${yt+32} 26" width=${yt+32} height="26" role="img" aria-label=${this.text[this.scale]}>
      ${Array.from({length:jt},(n,i)=>Ve`<rect x=${i*r} width=${r+.5} height="8"
        fill=${Re(be((i+.5)/jt,e))}></rect>`)}
      ${ei[this.scale].map(n=>Ve`<text x=${ve(n,this.scale)*yt} y="22">${n}</text>`)}
    </svg>`}};Le.styles=[y,b`
      svg {
        max-width: 100%;
      }
      text {
        font: 11px var(--sans);
        fill: var(--quiet);
        text-anchor: middle;
      }
      rect {
        print-color-adjust: exact;
      }
    `],p([u({attribute:!1})],Le.prototype,"scale",2),Le=p([w("qkv-legend")],Le);var wt=class{constructor(t,e){this.canvas=t;this.actions=e;this.pointers=new Map;this.moved=0;t.addEventListener("pointerdown",r=>this.down(r)),t.addEventListener("pointermove",r=>this.move(r)),t.addEventListener("pointerup",r=>this.up(r)),t.addEventListener("pointercancel",r=>this.pointers.delete(r.pointerId)),t.addEventListener("pointerleave",()=>e.leave()),t.addEventListener("wheel",r=>this.wheel(r),{passive:!1})}place({clientX:t,clientY:e}){let{left:r,top:n}=this.canvas.getBoundingClientRect();return[t-r,e-n]}down(t){this.canvas.setPointerCapture(t.pointerId),this.pointers.set(t.pointerId,this.place(t)),this.pointers.size===1&&(this.moved=0)}move(t){let e=this.place(t),r=this.pointers.get(t.pointerId);if(!r)return this.actions.hover(...e);let n=[...this.pointers].find(([i])=>i!==t.pointerId)?.[1];this.moved+=Kt(r,e),n?this.pinch(r,e,n):this.moved>4&&this.actions.pan(e[0]-r[0],e[1]-r[1]),this.pointers.set(t.pointerId,e)}pinch(t,e,r){let n=[(e[0]+r[0])/2,(e[1]+r[1])/2],i=Kt(e,r)/Math.max(1,Kt(t,r));this.actions.pan((e[0]-t[0])/2,(e[1]-t[1])/2),this.actions.zoom(...n,i)}up(t){this.pointers.delete(t.pointerId)&&this.pointers.size===0&&this.moved<=4&&this.actions.press(...this.place(t))}wheel(t){let e=this.canvas.getRootNode().activeElement===this.canvas;if(!t.ctrlKey&&!t.metaKey&&!e&&!this.actions.zoomed())return;t.preventDefault();let r=t.ctrlKey&&Math.abs(t.deltaY)<40?.01:.002;this.actions.zoom(...this.place(t),Math.exp(-t.deltaY*r))}},Kt=(s,t)=>Math.hypot(s[0]-t[0],s[1]-t[1]);var fs=16,Qt=-Math.PI/3,Jt=11,ti=9,ri=40,gs=10,$t=44,xt=8,Yt=s=>s==="serif"?'14px "Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", "Noto Serif CJK SC", "Songti SC", serif':"11px system-ui, sans-serif",Zt=({text:s})=>ft(s,fs);function vs(s,t,e,r){let n=Math.max(us(s,t,r*.3),ti*String(t.length).length),i=us(s,e,120);return{left:n+8,top:i*Math.sin(-Qt)+14,right:Math.max($t+xt,i*Math.cos(Qt))+4,bottom:$t+xt}}function us(s,t,e){s.font=Yt("serif");let r=t.reduce((a,{text:l})=>Math.max(a,l.length),0),n=.6*Math.min(r,fs),o=t.filter(({text:a})=>a.length>=n).slice(0,100).map(a=>s.measureText(Zt(a)).width);return Math.min(e,Math.max(24,...o))}function bs(s){let{context:t,pixelRatio:e,margins:r,inks:n}=s;t.setTransform(e,0,0,e,0,0),t.fillStyle=n.paper,t.fillRect(0,0,t.canvas.width,t.canvas.height),t.translate(r.left,r.top),t.save(),si(s),ni(s),ii(s),oi(s),li(s),t.restore(),hi(s),ci(s),di(s),ui(s)}function si({context:s,viewport:{plot:t}}){s.beginPath(),s.rect(0,0,t.width,t.height),s.clip()}function ni({context:s,images:t,viewport:e,pixelRatio:r,weights:n}){s.imageSmoothingEnabled=!1;let i=t.overview(),{by:o,columns:a,rows:l}=n.overview;ms(s,i,e,r,[0,0,l*o[0],a*o[1]]);for(let{place:{level:h,tile:d},image:f}of t.under(e,r)){let[v,g]=[d[0]*(128<<h[0]),d[1]*(128<<h[1])],$=[v,g,f.height<<h[0],f.width<<h[1]];ms(s,f,e,r,$)}}function ms(s,t,{left:e,top:r,width:n,height:i,plot:o},a,[l,h,d,f]){let v=W=>Math.round(W*a)/a,[g,$]=[v((h-e)*n),v((l-r)*i)],[C,_]=[v((h+f-e)*n),v((l+d-r)*i)];C<=0||_<=0||g>=o.width||$>=o.height||s.drawImage(t,g,$,Math.max(C-g,1/a),Math.max(_-$,1/a))}function ii({context:s,viewport:t,inks:e}){let{width:r,height:n,left:i,top:o,plot:a}=t;if(!(Math.min(r,n)<gs)){s.fillStyle=e.paper;for(let l=-(i%1*r);l<a.width;l+=r)s.fillRect(l-.5,0,1,a.height);for(let l=-(o%1*n);l<a.height;l+=n)s.fillRect(0,l-.5,a.width,1)}}function oi({context:s,viewport:t,blocks:e,inks:r}){let{left:n,top:i,width:o,height:a}=t;for(let{kind:l,rows:h,columns:d}of e){let[f,v]=[(d[0]-n)*o,(h[0]-i)*a],[g,$]=[(d[1]-d[0])*o,(h[1]-h[0])*a];s.strokeStyle=s.fillStyle=r.gold,s.lineWidth=2,s.setLineDash(l==="possible"?[4,3]:[]),l!=="link"?s.strokeRect(f+2,v+2,Math.max(1,g-4),Math.max(1,$-4)):ai(s,f+g/2,v+$/2,Math.min(4,o/4,a/4))}s.setLineDash([])}function ai(s,t,e,r){s.beginPath(),s.arc(t,e,Math.max(1,r),0,2*Math.PI),s.fill()}function li({context:s,viewport:t,focus:e,inks:r}){let{left:n,top:i,width:o,height:a,plot:l}=t;s.strokeStyle=r.accent,s.lineWidth=1;let[h,d]=[((e.column??0)-n)*o,((e.row??0)-i)*a],[f,v]=[Math.max(o,3),Math.max(a,3)];e.row!==null&&s.strokeRect(.5,d,l.width-1,v),e.column!==null&&s.strokeRect(h,.5,f,l.height-1),!(e.row===null||e.column===null)&&(s.lineWidth=2,s.strokeRect(h,d,f,v))}function hi({context:s,viewport:t,rows:e,focus:r,inks:n}){s.textAlign="right",s.textBaseline="middle";let{height:i,top:o,plot:a}=t,l=i>=Jt;s.font=Yt(l?"serif":"sans");for(let h of ws(o,a.height,i,e.length)){s.fillStyle=h===r.row?n.accent:l?n.ink:n.quiet;let d=l?Zt(e[h]):ys(h);s.fillText(d,-6,(h-o+.5)*i,.3*1e3)}}function ci({context:s,viewport:t,columns:e,focus:r,inks:n}){let{width:i,left:o,plot:a}=t,l=i>=Jt;s.textBaseline=l?"middle":"bottom",s.font=Yt(l?"serif":"sans");for(let h of ws(o,a.width,i,e.length))s.fillStyle=h===r.column?n.accent:l?n.ink:n.quiet,s.save(),s.translate((h-o+.5)*i,-6),s.textAlign=l?"left":"center",l&&s.rotate(Qt),s.fillText(l?Zt(e[h]):ys(h),0,0),s.restore()}var ys=s=>(s+1).toLocaleString("en");function ws(s,t,e,r){let n=e>=Jt?1:pi(ri/e),i=Math.min(r,Math.floor(s+t/e+.5)),o=Math.ceil((Math.ceil(s-.5)+1)/n)*n-1;return Array.from({length:Math.max(0,Math.ceil((i-o)/n))},(a,l)=>o+l*n)}function pi(s){let t=10**Math.floor(Math.log10(s));return t*([1,2,5].find(e=>e*t>=s)??10)}function di({context:s,viewport:t,weights:e,inks:r}){let{plot:n,top:i,height:o,rows:a,columns:l}=t,h=Math.log(Math.max(2,l)),d=n.width+xt;s.fillStyle=r.bar;for(let[f,v,g]of $s(e.entropy,i,o,n.height,a))s.fillRect(d,f,Math.max(.5,g/h*$t),v)}function ui({context:s,viewport:t,weights:e,inks:r}){let{plot:n,left:i,width:o,columns:a}=t,l=e.received.reduce((d,f)=>Math.max(d,f),1e-9),h=n.height+xt;s.fillStyle=r.bar;for(let[d,f,v]of $s(e.received,i,o,n.width,a))s.fillRect(d,h,f,Math.max(.5,v/l*$t))}function $s(s,t,e,r,n){let i=Math.max(1,Math.ceil(1/e)),o=e>=gs?e*.55:0,a=[];for(let l=Math.floor(t/i)*i;l<Math.min(n,t+r/e);l+=i){let h=Math.max(...s.subarray(l,l+i)),[d,f]=[Math.max(0,(l-t)*e),Math.min(r,(l-t+i)*e)];a.push([d+o/2,Math.max(.5,f-d-o),h])}return a}var mi=640,kt=1.5,xs={ArrowUp:[-1,0],ArrowDown:[1,0],ArrowLeft:[0,-1],ArrowRight:[0,1]},D=class extends x{constructor(){super(...arguments);this.scale="linear";this.focused=A;this.locked=!1;this.blocks=[];this.viewport=new et(1,1);this.frame=0;this.resized=new ResizeObserver(()=>this.measure())}connectedCallback(){super.connectedCallback(),this.resized.observe(this)}disconnectedCallback(){this.resized.disconnect(),super.disconnectedCallback()}render(){let[e,r]=this.shown.weights.shape;return c`
      <canvas
        tabindex="0"
        role="application"
        aria-label="${this.text.mapName(e,r)}. ${this.text.mapKeys}"
        @keydown=${this.keyPressed}
      ></canvas>
      <div class="below">
        <qkv-legend .scale=${this.scale}></qkv-legend>
        <div class="buttons screen">
          ${this.renderButton("+",this.text.zoomIn,()=>this.zoomMiddle(kt))}
          ${this.renderButton("\u2212",this.text.zoomOut,()=>this.zoomMiddle(1/kt))}
          ${this.renderButton("\u2922",this.text.whole,()=>this.showWhole())}
        </div>
      </div>
    `}renderButton(e,r,n){return c`<button type="button" title=${r} aria-label=${r} @click=${n}>${e}</button>`}firstUpdated(){new wt(this.canvas,{hover:(e,r)=>this.ask("qkv-hover",this.cellAt(e,r)??A),leave:()=>this.ask("qkv-hover",A),press:(e,r)=>this.press(e,r),pan:(e,r)=>this.change(()=>this.viewport.pan(e,r)),zoom:(e,r,n)=>this.change(()=>this.zoomAt(e,r,n)),zoomed:()=>!this.viewport.whole})}updated(e){let{theme:r}=E,{weights:n}=this.shown;e.has("shown")&&(this.viewport=new et(...n.shape),this.measure()),(this.images?.weights!==n||this.images.scale!==this.scale||this.images.theme!==r)&&(this.images=new bt(n,this.scale,r,()=>this.redraw())),e.has("focused")&&this.locked&&this.reveal(),this.redraw()}measure(){if(!this.canvas||this.clientWidth===0)return;let{rows:e,columns:r}=this.shown,n=this.canvas.getContext("2d"),i=vs(n,e,r,this.clientWidth);this.margins=i,this.viewport.fit({width:Math.max(40,this.clientWidth-i.left-i.right),height:Math.min(mi,Math.max(240,innerHeight*.75))});let{plot:o}=this.viewport,a=i.left+o.width+i.right,l=i.top+o.height+i.bottom;this.canvas.style.width=`${a}px`,this.canvas.style.height=`${l}px`,this.canvas.width=Math.round(a*devicePixelRatio),this.canvas.height=Math.round(l*devicePixelRatio),this.redraw()}redraw(){this.frame||(this.frame=requestAnimationFrame(()=>{this.frame=0,this.isConnected&&this.margins&&this.images&&this.draw()}))}draw(){let{weights:e,rows:r,columns:n}=this.shown;bs({context:this.canvas.getContext("2d"),pixelRatio:this.canvas.width/Number.parseFloat(this.canvas.style.width),weights:e,rows:r,columns:n,images:this.images,viewport:this.viewport,margins:this.margins,focus:this.focused,blocks:this.blocks,inks:this.inks()})}inks(){let e=getComputedStyle(this);return Object.fromEntries(["ink","quiet","bar","paper","accent","gold"].map(n=>[n,e.getPropertyValue(`--${n}`)]))}change(e){e(),this.canvas.style.touchAction=this.viewport.whole?"pan-x pan-y":"none",this.redraw()}cellAt(e,r){return this.viewport.cellAt(e-this.margins.left,r-this.margins.top)}zoomAt(e,r,n){this.viewport.zoom(e-this.margins.left,r-this.margins.top,n)}zoomMiddle(e){let{plot:r}=this.viewport;this.change(()=>this.viewport.zoom(r.width/2,r.height/2,e)),this.locked&&this.change(()=>this.reveal())}showWhole(){this.change(()=>this.viewport.showWhole())}press(e,r){let n=this.cellAt(e,r),{row:i,column:o}=this.focused,a=this.locked&&n?.row===i&&n?.column===o;this.ask("qkv-select",a||!n?A:n)}reveal(){let{row:e,column:r}=this.focused,{viewport:n}=this;n.reveal(e??Math.ceil(n.top),r??Math.ceil(n.left))}keyPressed(e){let r=this.keyAction(e.key);r&&(e.preventDefault(),r())}keyAction(e){if(e in xs)return()=>this.move(...xs[e]);if(e==="+"||e==="=")return()=>this.zoomMiddle(kt);if(e==="-")return()=>this.zoomMiddle(1/kt);if(e==="0")return()=>this.showWhole()}move(e,r){let[n,i]=this.shown.weights.shape,{row:o,column:a}=this.focused,l=(h,d,f)=>h===null?0:Math.min(f-1,Math.max(0,h+d));this.ask("qkv-select",{row:l(o,e,n),column:l(a,r,i)})}};D.styles=[y,b`
      :host {
        position: relative;
      }
      canvas {
        display: block;
        max-width: 100%;
        touch-action: pan-x pan-y;
        cursor: crosshair;
        print-color-adjust: exact;
      }
      .below {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        max-width: 34rem;
        margin-top: 0.25rem;
      }
      .buttons button {
        width: 1.75rem;
        color: var(--quiet);
      }
    `],p([u({attribute:!1})],D.prototype,"shown",2),p([u({attribute:!1})],D.prototype,"scale",2),p([u({attribute:!1})],D.prototype,"focused",2),p([u({attribute:!1})],D.prototype,"locked",2),p([u({attribute:!1})],D.prototype,"blocks",2),p([z("canvas")],D.prototype,"canvas",2),D=p([w("qkv-heat-map")],D);var tt=class{diff(t,e,r={}){let n;typeof r=="function"?(n=r,r={}):"callback"in r&&(n=r.callback);let i=this.castInput(t,r),o=this.castInput(e,r),a=this.removeEmpty(this.tokenize(i,r)),l=this.removeEmpty(this.tokenize(o,r));return this.diffWithOptionsObj(a,l,r,n)}diffWithOptionsObj(t,e,r,n){var i;let o=k=>{if(k=this.postProcess(k,r),n){setTimeout(function(){n(k)},0);return}else return k},a=e.length,l=t.length,h=1,d=a+l;r.maxEditLength!=null&&(d=Math.min(d,r.maxEditLength));let f=(i=r.timeout)!==null&&i!==void 0?i:1/0,v=Date.now()+f,g=[{oldPos:-1,lastComponent:void 0}],$=this.extractCommon(g[0],e,t,0,r);if(g[0].oldPos+1>=l&&$+1>=a)return o(this.buildValues(g[0].lastComponent,e,t));let C=-1/0,_=1/0,W=()=>{for(let k=Math.max(C,-h);k<=Math.min(_,h);k+=2){let J,re=g[k-1],ke=g[k+1];re&&(g[k-1]=void 0);let Ne=!1;if(ke){let mr=ke.oldPos-k;Ne=ke&&0<=mr&&mr<a}let ur=re&&re.oldPos+1<l;if(!Ne&&!ur){g[k]=void 0;continue}if(!ur||Ne&&re.oldPos<ke.oldPos?J=this.addToPath(ke,!0,!1,0,r):J=this.addToPath(re,!1,!0,1,r),$=this.extractCommon(J,e,t,k,r),J.oldPos+1>=l&&$+1>=a)return o(this.buildValues(J.lastComponent,e,t))||!0;g[k]=J,J.oldPos+1>=l&&(_=Math.min(_,k-1)),$+1>=a&&(C=Math.max(C,k+1))}h++};if(n)(function k(){setTimeout(function(){if(h>d||Date.now()>v)return n(void 0);W()||k()},0)})();else for(;h<=d&&Date.now()<=v;){let k=W();if(k)return k}}addToPath(t,e,r,n,i){let o=t.lastComponent;return o&&!i.oneChangePerToken&&o.added===e&&o.removed===r?{oldPos:t.oldPos+n,lastComponent:{count:o.count+1,added:e,removed:r,previousComponent:o.previousComponent}}:{oldPos:t.oldPos+n,lastComponent:{count:1,added:e,removed:r,previousComponent:o}}}extractCommon(t,e,r,n,i){let o=e.length,a=r.length,l=t.oldPos,h=l-n,d=0;for(;h+1<o&&l+1<a&&this.equals(r[l+1],e[h+1],i);)h++,l++,d++,i.oneChangePerToken&&(t.lastComponent={count:1,previousComponent:t.lastComponent,added:!1,removed:!1});return d&&!i.oneChangePerToken&&(t.lastComponent={count:d,previousComponent:t.lastComponent,added:!1,removed:!1}),t.oldPos=l,h}equals(t,e,r){return r.comparator?r.comparator(t,e):t===e||!!r.ignoreCase&&t.toLowerCase()===e.toLowerCase()}removeEmpty(t){let e=[];for(let r=0;r<t.length;r++)t[r]&&e.push(t[r]);return e}castInput(t,e){return t}tokenize(t,e){return Array.from(t)}join(t){return t.join("")}postProcess(t,e){return t}get useLongestToken(){return!1}buildValues(t,e,r){let n=[],i;for(;t;)n.push(t),i=t.previousComponent,delete t.previousComponent,t=i;n.reverse();let o=n.length,a=0,l=0,h=0;for(;a<o;a++){let d=n[a];if(d.removed)d.value=this.join(r.slice(h,h+d.count)),h+=d.count;else{if(!d.added&&this.useLongestToken){let f=e.slice(l,l+d.count);f=f.map(function(v,g){let $=r[h+g];return $.length>v.length?$:v}),d.value=this.join(f)}else d.value=this.join(e.slice(l,l+d.count));l+=d.count,d.added||(h+=d.count)}}return n}};var Xt=class extends tt{tokenize(t){return t.slice()}join(t){return t}removeEmpty(t){return t}},ks=new Xt;function rt(s,t,e){return ks.diff(s,t,e)}var fi=new Intl.Segmenter(void 0,{granularity:"word"}),Ss=s=>Array.from(fi.segment(s),({segment:t})=>t);function gi(s,t){return rt(Ss(s),Ss(t)).filter(({removed:e})=>!e).map(({added:e,value:r})=>e?c`<strong>${r.join("")}</strong>`:r.join(""))}var vi=12,ye=class extends x{constructor(){super(...arguments);this.unit="words"}render(){let e=this.view.sides.find(({probabilities:r})=>r);return c`
      ${e?this.renderDoubts(e):m}
      ${this.view.alternatives.length>1?this.renderAlternatives():m}
    `}renderDoubts(e){let r=F(e,this.unit).map(({text:n,tokens:i})=>({text:n,value:_e(e,i)}));return r.sort((n,i)=>n.value-i.value),H(this.text.confidenceHeading,this.text.confidenceExplained,c`<ol class="doubts">
        ${r.slice(0,vi).map(({text:n,value:i})=>c`<li>
            <bdi>${n}</bdi>
            <span class="number quiet">${B(i)}</span>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width=${100*i} height="1"></rect>
            </svg>
          </li>`)}
      </ol>`)}renderAlternatives(){let{alternatives:e}=this.view;return H(this.text.alternativesHeading,this.text.alternativesExplained,c`<ol>
        ${e.map(({text:r,score:n},i)=>c`<li class="alternative" data-best=${i===0}>
            <span class="number quiet">${n.toFixed(3)}</span>
            <span dir="auto" class="sentence">${gi(e[0].text,r)}</span>
          </li>`)}
      </ol>`)}};ye.styles=[y,V,b`
      :host {
        display: contents;
      }
      .doubts li {
        display: grid;
        grid-template-columns: minmax(0, 9rem) 3.25rem minmax(2rem, 14rem);
        gap: 0.6rem;
        align-items: center;
        line-height: 1.6;
      }
      .doubts .number {
        text-align: right;
      }
      svg {
        width: 100%;
        height: 3px;
        background: var(--rule);
      }
      rect {
        fill: var(--weight);
      }
      .alternative {
        display: grid;
        grid-template-columns: 3.75rem minmax(0, 1fr);
        gap: 0.6rem;
        align-items: baseline;
        padding: 0.15rem 0;
      }
      .alternative .number {
        text-align: right;
      }
      .sentence {
        font-family: var(--serif);
        font-size: 1.0625rem;
        color: var(--quiet);
        overflow-wrap: anywhere;
      }
      [data-best="true"] .sentence,
      strong {
        color: var(--ink);
        font-weight: 400;
      }
      strong {
        border-bottom: 1px solid var(--accent);
      }
    `],p([u({attribute:!1})],ye.prototype,"view",2),p([u({attribute:!1})],ye.prototype,"unit",2),ye=p([w("qkv-outcome")],ye);var bi=.82,Z=class extends x{constructor(){super(...arguments);this.name="";this.shades=null;this.marked=null}render(){let{src:e,width:r,height:n,boxes:i}=this.picture,o=this.shades?Math.max(1e-9,...this.shades):1;return c`
      <svg viewBox="0 0 ${r} ${n}" role="img" aria-label=${this.name}
        @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}>
        <image href=${e} width=${r} height=${n} />
        ${i.map(([a,l,h,d],f)=>Ve`
          <rect
            class=${f===this.marked?"marked":""}
            x=${a} y=${l} width=${h-a} height=${d-l}
            fill="#000"
            fill-opacity=${this.shades?bi*(1-this.shades[f]/o):0}
            @pointerenter=${()=>this.ask("qkv-hover",{row:null,column:f})}
            @click=${()=>this.ask("qkv-select",{row:null,column:f})}
          ></rect>`)}
      </svg>
    `}};Z.styles=[y,b`
      svg {
        display: block;
        width: 100%;
        height: auto;
      }
      rect {
        print-color-adjust: exact;
      }
      .marked {
        stroke: var(--accent);
        stroke-width: 2px;
        vector-effect: non-scaling-stroke;
      }
    `],p([u({attribute:!1})],Z.prototype,"picture",2),p([u()],Z.prototype,"name",2),p([u({attribute:!1})],Z.prototype,"shades",2),p([u({attribute:!1})],Z.prototype,"marked",2),Z=p([w("qkv-picture-regions")],Z);var le=class extends x{constructor(){super(...arguments);this.focused=A}render(){let{weights:e,rows:r}=this.shown;return H(this.text.pictureWordsHeading,this.text.pictureWordsExplained,c`<ol>
        ${r.map(({text:n},i)=>c`<li>
            <button
              type="button"
              aria-pressed=${i===this.focused.row}
              @pointerenter=${()=>this.ask("qkv-hover",{row:i,column:null})}
              @pointerleave=${()=>this.ask("qkv-hover",A)}
              @click=${()=>this.ask("qkv-select",{row:i,column:null})}
            >
              <qkv-picture-regions
                .picture=${this.picture}
                .name=${this.text.pictureName(n)}
                .shades=${e.row(i)}
              ></qkv-picture-regions>
              <bdi>${n}</bdi>
            </button>
          </li>`)}
      </ol>`)}};le.styles=[y,V,b`
      ol {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr));
        gap: 0.75rem;
      }
      button {
        padding: 0;
        width: 100%;
        text-align: start;
      }
      qkv-picture-regions {
        pointer-events: none;
      }
      [aria-pressed="true"] bdi {
        color: var(--accent);
      }
    `],p([u({attribute:!1})],le.prototype,"shown",2),p([u({attribute:!1})],le.prototype,"picture",2),p([u({attribute:!1})],le.prototype,"focused",2),le=p([w("qkv-picture-words")],le);function X(s,t){let e=[];for(let r=0;r<s.length;r++){if(!(s[r]>0)||e.length===t&&s[r]<=s[e[t-1]])continue;let n=e.findIndex(i=>s[i]<s[r]);e.splice(n<0?e.length:n,0,r),e.length=Math.min(e.length,t)}return e}var yi=5,wi=24,st=s=>ft(s.text,wi),he=class extends x{constructor(){super(...arguments);this.shown=null;this.focused=A;this.locked=!1}render(){if(!this.shown)return c`<p class="quiet">${this.text.computing}</p>`;let{row:e,column:r}=this.focused,n=[];return e!==null&&r!==null&&n.push(this.renderCell(this.shown,e,r)),e!==null&&n.push(this.renderRow(this.shown,e)),r!==null&&n.push(this.renderColumn(this.shown,r)),c`
      ${this.locked?this.renderLock():m}
      <div aria-live="polite">
        ${n.length?n:c`<p class="quiet">${this.text.pointAtWord}</p>`}
      </div>
    `}renderCell({weights:e,rows:r,columns:n},i,o){let a=e.cell(i,o);return c`<p>
      ${this.text.cell(st(r[i]),st(n[o]))}
      <data class="number" id="cell" value=${a}>${Ir(a,e.precision)}</data>
    </p>`}renderRow({weights:e,rows:r,columns:n,querySide:i},o){let a=e.entropy[o],l=_e(i,r[o].tokens);return c`<p>
      ${this.text.lookedAt(st(r[o]))} ${this.renderLargest(e.row(o),n)}
      <span class="quiet">
        ${this.text.entropy(a.toFixed(2),Math.exp(a).toFixed(1))}
        ${l===null?m:this.text.probability(B(l))}
      </span>
    </p>`}renderColumn({weights:e,rows:r,columns:n},i){return c`<p>
      ${this.text.lookedAtBy(st(n[i]))}
      ${this.renderLargest(e.column(i),r)}
      <span class="quiet">${this.text.received(Ke(e.received[i]))}</span>
    </p>`}renderLargest(e,r){let n=X(e,yi);return n.length===0?this.text.nothingSeen:n.map(i=>c`<span class="part"><bdi>${st(r[i])}</bdi>
        <span class="number">${Ke(e[i])}</span></span> `)}renderLock(){return c`<p class="lock quiet screen">
      ${this.text.locked}
      <button type="button" @click=${()=>this.ask("qkv-select",A)}>${this.text.letGo}</button>
    </p>`}};he.styles=[y,b`
      :host {
        min-height: 4.75rem;
      }
      p {
        overflow-wrap: anywhere;
      }
      .part {
        white-space: nowrap;
        margin-inline-end: 0.9em;
      }
      bdi {
        font-family: var(--serif);
        font-size: 1.1em;
        white-space: normal;
      }
      #cell {
        font-weight: 600;
        color: var(--accent);
      }
      @media (min-width: 45rem) {
        .lock {
          float: inline-end;
          margin-inline-start: 1rem;
        }
      }
      button {
        text-decoration: underline;
      }
    `],p([u({attribute:!1})],he.prototype,"shown",2),p([u({attribute:!1})],he.prototype,"focused",2),p([u({attribute:!1})],he.prototype,"locked",2),he=p([w("qkv-readout")],he);var ee=class extends x{constructor(){super(...arguments);this.unit="words";this.scale="linear";this.mapOption=({kind:e,name:r},n)=>[String(n),r?`${this.text.mapKinds[e]} ${r}`:this.text.mapKinds[e]]}render(){let e=this.view.maps[this.pane.map],r=e.layers[this.pane.layer],n=[this.renderMap(),e.layers.length>1?this.renderLayer(e):null,r.heads.length>1?this.renderHead(r):null,this.renderUnit(r),this.renderScale()].filter(i=>i!==null);return c`<p>
      ${this.text.showing}${n.map((i,o)=>c`${o?this.text.comma:""}<span class="part">${i}</span>`)}
    </p>`}renderMap(){let{maps:e}=this.view;return this.renderSelect(this.text.map,e.map(this.mapOption),this.pane.map,r=>this.choose(Je(this.pane.view,this.view,Number(r))))}renderLayer(e){let r=e.layers.map((n,i)=>[String(i),Te(e,n)||this.text.layerNumber(i)]);return this.renderSelect(this.text.layer,r,this.pane.layer,n=>this.chooseLayer(e,Number(n)))}renderHead(e){let{head:r}=this.pane;return this.renderSelect(this.text.head,this.headOptions(e),r??"mean",n=>this.choose({...this.pane,head:n==="mean"?null:Number(n)}))}renderUnit(e){let r=[["words",this.text.words],["tokens",this.text.tokens]],n=Ze(e)?r:r.slice(1);return this.renderSelect(this.text.unit,n,this.unit,i=>this.ask("qkv-select",{unit:i,row:null,column:null}))}renderScale(){let e=[["linear",this.text.linear],["log",this.text.log]];return this.renderSelect(this.text.scale,e,this.scale,r=>this.ask("qkv-select",{scale:r}))}renderSelect(e,r,n,i){return r.length===1?c`<span>${r[0][1]}</span>`:c`<select
      aria-label=${e}
      @change=${o=>i(o.target.value)}
    >
      ${r.map(([o,a])=>c`<option value=${o} .selected=${o===String(n)}>${a}</option>`)}
    </select>`}headOptions(e){let r=e.heads.map((i,o)=>[String(o),this.text.headNumber(o)]);return r.length>1&&Ze(e)?[["mean",this.text.meanOfHeads(r.length)],...r]:r}chooseLayer({layers:e},r){let n=e[r].heads.length,{head:i}=this.pane;this.choose({...this.pane,layer:r,head:i!==null&&i>=n?0:i})}choose(e){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:e}))}};ee.styles=[y,b`
      p {
        font-family: var(--serif);
        font-size: 1.0625rem;
        line-height: 1.8;
      }
      .part {
        white-space: nowrap;
      }
      select {
        field-sizing: content;
      }
    `],p([u({attribute:!1})],ee.prototype,"view",2),p([u({attribute:!1})],ee.prototype,"pane",2),p([u({attribute:!1})],ee.prototype,"unit",2),p([u({attribute:!1})],ee.prototype,"scale",2),ee=p([w("qkv-shown-sentence")],ee);var Oe=class extends x{render(){return H(this.text.notesHeading,this.text.notesExplained,c`<ul>
        ${this.view.notes.map(t=>this.renderNote(t))}
      </ul>`)}renderNote({map:t,layer:e,head:r,place:n,share:i}){let o=this.view.maps[t],a=this.text.headIn(o.name||this.text.mapKinds[o.kind],Te(o,o.layers[e])||this.text.layerNumber(e),this.text.headNumber(r));return c`<li>
      <button type="button" @click=${()=>this.show({map:t,layer:e,head:r})}>${a}</button>
      <span class="quiet">${this.text.sink(B(i),this.text.places[n])}</span>
    </li>`}show(t){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:t}))}};Oe.styles=[y,V,b`
      button {
        text-align: start;
        text-decoration: underline;
        text-decoration-color: var(--quiet);
        padding-left: 0;
      }
    `],p([u({attribute:!1})],Oe.prototype,"view",2),Oe=p([w("qkv-sinks")],Oe);var As=64,$i=250,xi=/^(<\S+>|\[[A-Z]+\])$/,ki={ArrowLeft:-1,ArrowUp:-1,ArrowRight:1,ArrowDown:1,Home:-1/0,End:1/0},R=class extends x{constructor(){super(...arguments);this.label="";this.layout="running";this.pieces=[];this.axis="column";this.offset=0;this.shades=null;this.scale="linear";this.marked=null;this.locked=!1;this.probabilities=null;this.spans=[];this.steps=new Uint8Array;this.theme=""}render(){let e=this.marked===null?m:`p${this.marked-this.offset}`;return c`
      <div
        class="pieces"
        role="listbox"
        dir=${this.layout==="running"?os(this.pieces):"ltr"}
        tabindex="0"
        aria-label=${this.label}
        aria-activedescendant=${e}
        @pointerover=${r=>this.pointed(r,!1)}
        @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}
        @click=${r=>this.pointed(r,!0)}
        @keydown=${this.keyPressed}
      ></div>
    `}updated(e){e.has("pieces")&&this.placePieces(),e.has("probabilities")&&this.paintProbabilities(),this.paintShades();for(let n of this.renderRoot.querySelectorAll(".marked"))Ai(n);let r=this.marked===null?void 0:this.spans[this.marked-this.offset];r?.classList.add("marked"),r?.setAttribute("aria-selected",String(this.locked)),(e.has("shades")||e.has("marked"))&&this.reveal(r)}placePieces(){let{pieces:e}=this;this.steps=new Uint8Array(e.length),this.spans=[];let r=this.renderRoot.querySelector(".pieces");r.replaceChildren();let n=()=>{e===this.pieces&&(r.append(this.nextBlock()),this.paintProbabilities(),this.paintShades(),this.spans.length<e.length&&setTimeout(n))};n()}nextBlock(){let e=document.createElement("div"),r=this.spans.length;return this.pieces.slice(r,r+$i).forEach((n,i)=>{let o=Si(n,r+i);e.append(this.layout==="running"?n.space:"",o),this.spans.push(o)}),e}paintShades(){let{theme:e}=E;this.spans.forEach((r,n)=>{let i=this.shades?.[n]??0,o=i?Math.round(ve(i,this.scale)*As):0;if(o===this.steps[n]&&e===this.theme)return;this.steps[n]=o;let a=be(o/As,e);r.style.backgroundColor=o?Re(a):"",r.style.color=o?cs(a):""}),this.theme=e}paintProbabilities(){this.spans.forEach((e,r)=>{let n=this.probabilities?.[r];e.classList.toggle("probable",typeof n=="number"),typeof n=="number"&&e.style.setProperty("--probability",`${n*100}%`)})}reveal(e){let r=this.renderRoot.querySelector(".pieces");if(r.scrollHeight<=r.clientHeight||r.matches(":hover"))return;let n=e??this.spans[X(this.shades??[],1)[0]];if(!n)return;let[i,o]=[n.getBoundingClientRect(),r.getBoundingClientRect()];i.top>=o.top&&i.bottom<=o.bottom||(r.scrollTop+=i.top-o.top-r.clientHeight/2)}focusOn(e){let r=e+this.offset;return this.axis==="row"?{row:r,column:null}:{row:null,column:r}}pointed(e,r){let n=e.target.closest("[data-place]");if(!n)return;let i=Number(n.dataset.place),o=this.locked&&this.marked===i+this.offset;r?this.ask("qkv-select",o?{row:null,column:null}:this.focusOn(i)):this.ask("qkv-hover",this.focusOn(i))}keyPressed(e){let r=ki[e.key];if(r===void 0||this.pieces.length===0)return;e.preventDefault();let n=this.marked===null?r<0?this.pieces.length:-1:this.marked-this.offset,i=Math.min(this.pieces.length-1,Math.max(0,n+r));this.ask("qkv-select",this.focusOn(i))}};R.styles=[y,b`
      .pieces {
        font: 400 var(--size, 1.375rem) / 1.7 var(--serif);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        max-height: 18rem;
        overflow-y: auto;
      }
      .pieces > div:nth-child(n + 2) {
        content-visibility: auto;
        contain-intrinsic-height: auto 16rem;
      }
      span {
        cursor: pointer;
        border-radius: 2px;
        padding: 0.1em 0;
      }
      .probable {
        background-image: linear-gradient(var(--quiet), var(--quiet)),
          linear-gradient(var(--rule), var(--rule));
        background-repeat: no-repeat;
        background-position: left bottom;
        background-size:
          var(--probability) 2px,
          100% 2px;
      }
      .special {
        font-size: 0.75em;
        margin-inline-start: 0.35em;
      }
      .special:not([style*="color"]) {
        color: var(--quiet);
      }
      .marked {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
      :host(:not([layout="running"])) .pieces > div {
        display: flex;
        flex-direction: column;
      }
      :host(:not([layout="running"])) .pieces {
        font-size: 1rem;
        line-height: 1.5rem;
        white-space: nowrap;
        max-height: none;
        overflow: hidden;
        padding: 3px;
        margin: -3px;
      }
      :host(:not([layout="running"])) span {
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
        height: 1.5rem;
        padding: 0 0.3em;
      }
      :host([layout="left"]) span {
        align-self: flex-end;
      }
      :host([layout="right"]) span {
        align-self: flex-start;
      }
      @media print {
        .pieces {
          max-height: none;
        }
        .pieces > div:nth-child(n) {
          content-visibility: visible;
        }
        span {
          print-color-adjust: exact;
        }
      }
    `],p([u()],R.prototype,"label",2),p([u({reflect:!0})],R.prototype,"layout",2),p([u({attribute:!1})],R.prototype,"pieces",2),p([u({attribute:!1})],R.prototype,"axis",2),p([u({attribute:!1})],R.prototype,"offset",2),p([u({attribute:!1})],R.prototype,"shades",2),p([u({attribute:!1})],R.prototype,"scale",2),p([u({attribute:!1})],R.prototype,"marked",2),p([u({attribute:!1})],R.prototype,"locked",2),p([u({attribute:!1})],R.prototype,"probabilities",2),R=p([w("qkv-shaded-text")],R);function Si({text:s},t){let e=document.createElement("span"),r={id:`p${t}`,"data-place":t,role:"option","aria-selected":!1};for(let[n,i]of Object.entries(r))e.setAttribute(n,String(i));return xi.test(s)&&(e.className="special"),e.append(document.createElement("bdi")),e.firstElementChild.textContent=s,e}function Ai(s){s.classList.remove("marked"),s.setAttribute("aria-selected","false")}var Ei=150,j=class extends x{constructor(){super(...arguments);this.picture=null;this.scale="linear";this.focused=A;this.locked=!1}render(){let{text:e,picture:r}=this;if(r)return H(e.pictureHeading,e.pictureExplained,this.renderPicture(r));let n=this.shown.querySide===this.shown.keySide;return H(e.textHeading,n?e.textExplainedSelf:e.textExplained,c`<div class=${this.long?"long":""}>
        <section>${this.renderSide("column")}</section>
        <section>${this.renderSide("row")}</section>
      </div>`)}get long(){return Math.max(...this.shown.weights.shape)>Ei}renderPicture(e){let{weights:r,rows:n}=this.shown,{row:i,column:o}=this.focused;return c`
      <qkv-picture-regions
        .picture=${e}
        .name=${i===null?this.text.pictureWhole:this.text.pictureName(n[i].text)}
        .shades=${i===null?null:r.row(i)}
        .marked=${o}
      ></qkv-picture-regions>
      ${this.renderSide("row")}
    `}renderSide(e){let{weights:r,querySide:n,keySide:i,rows:o,columns:a}=this.shown,{row:l,column:h}=this.focused,d=e==="row"?n:i,f=e==="row"?o:a,v=e==="row"?this.text.looking:this.text.lookedAtSide,g=this.text.sideRole(this.text.sides[d.name]??d.name,v),[$,C]=e==="row"?[h,r.column]:[l,r.row];return c`
      <h3 class="quiet">${g}</h3>
      <qkv-shaded-text
        .label=${g}
        .axis=${e}
        .pieces=${f}
        .shades=${$===null?null:C.call(r,$)}
        .scale=${this.scale}
        .marked=${this.focused[e]}
        .locked=${this.locked}
        .probabilities=${d.probabilities&&f.map(({tokens:_})=>_e(d,_))}
      ></qkv-shaded-text>
    `}};j.styles=[y,V,b`
      h3 {
        margin-top: 0.6rem;
      }
      .long {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
        gap: 0 3rem;
      }
      .long qkv-shaded-text {
        --size: 1.0625rem;
      }
      qkv-picture-regions {
        max-width: 30rem;
      }
    `],p([u({attribute:!1})],j.prototype,"shown",2),p([u({attribute:!1})],j.prototype,"picture",2),p([u({attribute:!1})],j.prototype,"scale",2),p([u({attribute:!1})],j.prototype,"focused",2),p([u({attribute:!1})],j.prototype,"locked",2),j=p([w("qkv-two-texts")],j);var er=40,tr=24,Ci=180,Pi={linear:.05,log:.01},G=class extends x{constructor(){super(...arguments);this.scale="linear";this.focused=A;this.locked=!1;this.blocks=[]}get parts(){let{weights:e}=this.shown,{row:r,column:n}=this.focused,[i,o]=e.shape,a=r??(n===null?0:X(e.column(n),1)[0])??0,l=n??X(e.row(a),1)[0]??0;return{rows:Es(a,i),columns:Es(l,o)}}render(){let{rows:e,columns:r}=this.parts,{querySide:n,keySide:i,weights:o}=this.shown;return c`
      <div class="columns">
        ${this.renderSide("column",i.name||this.text.lookedAtSide,r)}
        <canvas aria-hidden="true"></canvas>
        ${this.renderSide("row",n.name||this.text.looking,e)}
      </div>
      ${this.renderPart(r,o.shape[1])} ${this.renderPart(e,o.shape[0])}
    `}renderSide(e,r,{first:n,end:i}){let{rows:o,columns:a}=this.shown;return c`<qkv-shaded-text
      layout=${e==="row"?"right":"left"}
      .label=${r}
      .axis=${e}
      .offset=${n}
      .pieces=${(e==="row"?o:a).slice(n,i)}
      .marked=${this.focused[e]}
      .locked=${this.locked}
    ></qkv-shaded-text>`}renderPart({first:e,end:r},n){return r-e===n?m:c`<p class="quiet">${this.text.linksPart(e+1,r,n)}</p>`}updated(){let{rows:e,columns:r}=this.parts,n=tr*Math.max(e.end-e.first,r.end-r.first),[i,o]=[this.canvas,devicePixelRatio];i.style.height=`${n}px`;let a=i.clientWidth||Ci;[i.width,i.height]=[a*o,n*o];let l=i.getContext("2d");l.scale(o,o),this.drawGold(l,a,e,r),this.drawLinks(l,a,e,r)}drawLinks(e,r,n,i){let{weights:o}=this.shown,{row:a,column:l}=this.focused,h=[];for(let f=n.first;f<n.end;f++){let v=o.row(f);for(let g=i.first;g<i.end;g++)v[g]>=Pi[this.scale]&&h.push([f,g,v[g]])}h.sort((f,v)=>f[2]-v[2]);let d=a!==null||l!==null;for(let[f,v,g]of h){let $=d&&(a===null||a===f)&&(l===null||l===v);e.globalAlpha=d&&!$?.15:1,e.strokeStyle=Re(be(.25+.75*ve(g,this.scale),E.theme)),e.lineWidth=.5+4*g,Cs(e,r,v-i.first,f-n.first)}e.globalAlpha=1}drawGold(e,r,n,i){e.strokeStyle=getComputedStyle(this).getPropertyValue("--gold"),e.lineWidth=1.5;for(let o of this.blocks.filter(({kind:a})=>a!=="link")){e.setLineDash(o.kind==="possible"?[4,3]:[]);let a=([l,h],d)=>(l+h-1)/2-d.first;Cs(e,r,a(o.columns,i)+.22,a(o.rows,n)+.22)}e.setLineDash([])}};G.styles=[y,b`
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(3rem, 11rem) minmax(0, 1fr);
        gap: 0.25rem;
        max-width: 40rem;
      }
      canvas {
        width: 100%;
      }
    `],p([u({attribute:!1})],G.prototype,"shown",2),p([u({attribute:!1})],G.prototype,"scale",2),p([u({attribute:!1})],G.prototype,"focused",2),p([u({attribute:!1})],G.prototype,"locked",2),p([u({attribute:!1})],G.prototype,"blocks",2),p([z("canvas")],G.prototype,"canvas",2),G=p([w("qkv-word-links")],G);function Es(s,t){let e=Math.max(0,Math.min(t-er,s-er/2));return{first:e,end:Math.min(t,e+er)}}function Cs(s,t,e,r){let[n,i]=[(e+.5)*tr,(r+.5)*tr];s.beginPath(),s.moveTo(0,n),s.bezierCurveTo(t/2,n,t/2,i,t,i),s.stroke()}var U=class extends x{constructor(){super(...arguments);this.place=0;this.hover=A;this.shown=null;this.failure="";this.paneChosen=({detail:e})=>{let r={...this.pane,...e},n=this.selection.panes.map((o,a)=>a===this.place?r:o),i=r.map===this.pane.map;this.ask("qkv-select",i?{panes:n}:{panes:n,...A})}}get pane(){return this.selection.panes[this.place]}get focused(){let{row:e,column:r}=this.locked?this.selection:this.hover,[n,i]=this.shown?.weights.shape??[0,0];return{row:e!==null&&e<n?e:null,column:r!==null&&r<i?r:null}}get locked(){return this.selection.row!==null||this.selection.column!==null}get scale(){return this.selection.scale??(this.shown?as(this.shown.weights):"linear")}willUpdate(e){let r=e.get("selection"),n=JSON.stringify(this.pane);(e.has("view")||e.has("selection")&&(JSON.stringify(r?.panes[this.place])!==n||r?.unit!==this.selection.unit))&&this.open(n)}async open(e){try{let{view:r}=this,n=await gt(r,this.pane,this.selection.unit);r===this.view&&e===JSON.stringify(this.pane)&&(this.shown=n)}catch(r){this.failure=String(r)}}render(){let{view:e,shown:r}=this,{name:n="",description:i=""}=e.model??{};return c`
      <p class="model quiet">${[n,i].filter(Boolean).join(" \xB7 ")}</p>
      ${this.failure?c`<p role="alert">${this.text.unreadable(this.failure)}</p>`:m}
      ${e.maps.length?this.renderSentence():c`<p>${this.text.noMaps}</p>`}
      ${r?this.renderFigures(r):m}
      <div class="beside">
        <qkv-outcome .view=${e} .unit=${r?.unit??"words"}></qkv-outcome>
        ${e.notes.length?this.renderSinks():m}
      </div>
    `}renderSentence(){return c`
      <div class="said">
        <qkv-shown-sentence
          .view=${this.view}
          .pane=${this.pane}
          .unit=${this.shown?.unit??this.selection.unit}
          .scale=${this.scale}
          @qkv-pane=${this.paneChosen}
        ></qkv-shown-sentence>
        <qkv-readout .shown=${this.shown} .focused=${this.focused} .locked=${this.locked}></qkv-readout>
      </div>
    `}renderFigures(e){let{scale:r,focused:n,locked:i}=this,o=Wr(this.view.gold,e),a=e.map.columns===0?this.view.picture:null;return c`
      <qkv-two-texts
        .shown=${e}
        .picture=${a}
        .scale=${r}
        .focused=${n}
        .locked=${i}
      ></qkv-two-texts>
      <div class="beside">
        ${this.renderMap(e,o)}
        ${a?c`<qkv-picture-words .shown=${e} .picture=${a} .focused=${n}></qkv-picture-words>`:this.renderLinks(e,o)}
      </div>
      ${this.severalHeads?this.renderHeads():m}
    `}renderMap(e,r){let{gold:n}=this.view;return H(this.text.mapHeading,c`${this.text.mapExplained} ${this.renderPrecision(e)}
      ${n&&r.length?c`${this.text.goldLegend} ${this.text.aer(Ke(n.aer))}`:m}`,c`
        <qkv-heat-map
          .shown=${e}
          .scale=${this.scale}
          .focused=${this.focused}
          .locked=${this.locked}
          .blocks=${r}
        ></qkv-heat-map>
        <p class="explained quiet screen">${this.text.mapKeys}</p>
      `)}renderPrecision({weights:{precision:e,overview:r},layer:{kernel:n}}){let i=e===null?this.text.bound(...r.by):this.text.exact(Fr(e));return n?`${i} ${this.text.kernel(n)}`:i}renderLinks(e,r){return H(this.text.linksHeading,this.text.linksExplained,c`<qkv-word-links
        .shown=${e}
        .scale=${this.scale}
        .focused=${this.focused}
        .locked=${this.locked}
        .blocks=${r}
      ></qkv-word-links>`)}get severalHeads(){return this.view.maps.flatMap(({layers:e})=>e.flatMap(({heads:r})=>r)).length>1}renderHeads(){return H(this.text.headsHeading,this.text.headsExplained,c`<qkv-head-mosaic
        .maps=${this.view.maps}
        .pane=${this.pane}
        .scale=${this.scale}
        @qkv-pane=${this.paneChosen}
      ></qkv-head-mosaic>`)}renderSinks(){return c`<qkv-sinks .view=${this.view} @qkv-pane=${this.paneChosen}></qkv-sinks>`}};U.styles=[y,V,b`
      .model {
        margin-top: 0.75rem;
      }
      .said {
        background: var(--paper);
        border-bottom: 1px solid var(--rule);
        padding: 0.5rem 0;
      }
      @media screen and (min-width: 45rem) and (min-height: 36rem) {
        .said {
          position: sticky;
          top: 0;
          z-index: 1;
        }
      }
      .beside {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
        gap: 0 3rem;
        align-items: start;
      }
    `],p([u({attribute:!1})],U.prototype,"view",2),p([u({attribute:!1})],U.prototype,"place",2),p([u({attribute:!1})],U.prototype,"selection",2),p([u({attribute:!1})],U.prototype,"hover",2),p([S()],U.prototype,"shown",2),p([S()],U.prototype,"failure",2),U=p([w("qkv-view")],U);function Ms(s){let t=r=>s.filter(n=>n.do===r),e={prefix:t("force").at(-1)?.prefix,hide:t("hide").flatMap(({columns:r})=>r),heads_off:t("headOff").map(({kind:r,layer:n,head:i})=>({kind:r,layer:n,heads:[i]})),forbid:t("forbid").flatMap(qi),pin:t("pin").flatMap(Mi)};return Object.fromEntries(Object.entries(e).filter(([,r])=>r?.length))}function qi({rows:s,columns:t,...e}){return s.flatMap(r=>t.map(n=>({row:r,column:n,..._s(e)})))}function Mi({rows:s,columns:t,...e}){let r=Object.fromEntries(t.map(n=>[n,1/t.length]));return s.map(n=>({row:n,weights:r,..._s(e)}))}function _s({layer:s,head:t}){return{...s===null?{}:{layer:s},...t===null?{}:{heads:[t]}}}function Ts(s,t){return s.some(e=>sr(e,t))?s.filter(e=>!sr(e,t)):[...s.filter(e=>!_i(e,t)),t]}var sr=(s,t)=>JSON.stringify(s)===JSON.stringify(t);function _i(s,t){if(s.do==="force")return t.do==="force";if(s.do==="pin"&&t.do==="pin")return Ps(s,t)&&St(s.rows,t.rows);let[e,r]=[s,t].sort((n,i)=>n.do.localeCompare(i.do));return r.do!=="pin"?!1:(e.do==="hide"||e.do==="forbid"&&Ps(e,r)&&St(e.rows,r.rows))&&St(e.columns,r.columns)}var St=(s,t)=>s.some(e=>t.includes(e));function Ps(s,t){let e=(r,n)=>r===null||n===null||r===n;return e(s.layer,t.layer)&&e(s.head,t.head)}var Rs=(s,t,e,r)=>s.some(n=>sr(n,{do:"headOff",kind:t,layer:e,head:r}));function Ls(s){let t;try{t=JSON.parse(s??"[]")}catch{return[]}return Array.isArray(t)?t.map(Ti).filter(e=>e!==null):[]}function Ti(s){if(typeof s!="object"||s===null)return null;let{do:t,prefix:e,kind:r,layer:n,head:i,rows:o,columns:a}=s;if(t==="force")return typeof e=="string"?{do:t,prefix:e}:null;if(t==="hide")return rr(a)?{do:t,columns:a}:null;if(t==="forbid"||t==="pin"){let[l,h]=[qs(n),qs(i)];return!rr(o)||!rr(a)?null:{do:t,rows:o,columns:a,layer:l,head:h}}return t!=="headOff"||!At(n)||!At(i)||!Ri(r)?null:{do:t,kind:r,layer:n,head:i}}var At=s=>Number.isSafeInteger(s)&&Number(s)>=0,qs=s=>At(s)?s:null,rr=s=>Array.isArray(s)&&s.length>0&&s.every(At),Ri=s=>s==="cross"||s==="encoder"||s==="decoder";var Os={subtitle:"What did the model look at?",documentTitle:"qkv: what did the model look at?",takeTour:"Tour",largeType:"Large type",model:"Model",architectures:{rnn:"RNN",transformer:"Transformer"},withAttention:s=>`${s} attention`,withoutAttention:"one fixed vector, no attention",captions:"describes pictures",sourceHeading:"Text",sourceHint:"Type a sentence",pictureHeading:"Picture",choosePicture:"Choose a picture",dropPicture:"or drop one here. It goes to this server alone.",pictureAlt:"The picture that is described",sharedWithoutPicture:"The address holds what was changed, but no picture: choose the picture again to see it.",notAPicture:s=>`\u201C${s}\u201D is no picture.`,pictureTooLarge:s=>`\u201C${s}\u201D is larger than 8 MB.`,translation:"Translation",caption:"Caption",before:"Before",after:"After",unchangedText:"The same text as before.",working:"Working \u2026",empty:"Nothing to translate yet.",wordHint:"Choose a word to see how it came about and to try another.",score:s=>`score ${s}`,scoreExplained:"Log-probability after the length penalty: nearer to 0 is better.",alternativesHeading:"The beam\u2019s results",alternativesExplained:"The search kept several texts. Choose one to see what the model looked at for it.",best:"best",stepsHeading:"What if",takeBack:"Take back",takeAllBack:"Take all back",steps:{force:s=>`The text begins with \u201C${s}\u201D`,hide:s=>`\u201C${s}\u201D is hidden`,forbid:(s,t)=>`${s} may not look at \u201C${t}\u201D`,pin:(s,t)=>`${s} looks at \u201C${t}\u201D alone`,headOff:(s,t,e)=>`${{cross:"Cross-attention",encoder:"Encoder",decoder:"Decoder"}[s]}, layer ${t}: head ${e} is off`},atWord:(s,t)=>`\u201C${t}\u201D (token ${s})`,atToken:s=>`Token ${s}`,region:s=>`region ${s}`,inHead:(s,t)=>` (${[s===null?"all layers":`layer ${s}`,t===null?"all heads":`head ${t}`].join(", ")})`,textIsNew:"The text is a new one: what was changed in the old one has been taken back.",copyAddress:"Copy address",addressCopied:"The address is copied. It holds text and changes.",addressNotCopied:"The browser does not let the page copy; copy it from the address bar.",chosenHeading:"Chosen",nothingChosen:"Choose a word of either side, or a cell of the map. What it looked at, how the number came about and what you can change will stand here.",lookedAt:s=>`\u201C${s}\u201D looked at`,sourceWord:s=>`Source word \u201C${s}\u201D`,hide:"Hide it",hidden:"Hidden; show it again",onlyHere:"Only here",onlyHereFull:(s,t)=>`Let \u201C${s}\u201D look at \u201C${t}\u201D alone`,notHere:"Not here",notHereFull:(s,t)=>`Forbid \u201C${s}\u201D to look at \u201C${t}\u201D`,onlyShown:"In the layer and head shown only",sayInstead:"Likeliest words here",sayInsteadHint:"Choose one, and the model goes on from there.",sayTyped:"Or another word",say:"Say it",letGo:"Let go",tokensOfWord:"Tokens of the word",severalTokens:s=>`The word is ${s} tokens; above stands their mean, below the one chosen:`,headsHeading:"Switch heads off",headsExplained:"A head that is off sees nothing and adds nothing.",headsOf:{cross:"Cross-attention",encoder:"Encoder",decoder:"Decoder"},layer:s=>`layer ${s}`,switchOff:(s,t,e)=>`${s}, layer ${t}, head ${e}: off`,explainHeading:"How the numbers came about",explainOf:(s,t,e,r)=>`\u201C${s}\u201D, step ${t}, layer ${e}, head ${r}`,headChosen:"the head that looked hardest",stages:{query:"1. The query",products:"2. Compared with each key",weights:"3. Softmax: weights",values:"4. What the values brought",prediction:"5. The next word"},queryOf:{cross:s=>`The decoder\u2019s state at step ${s} asks: what do I need now?`,encoder:s=>`Position ${s} of the source asks all positions of the source.`,decoder:s=>`Step ${s} asks the words said so far.`},dimension:s=>`dim. ${s}`,withKey:s=>`With the key of \u201C${s}\u201D:`,bias:"Bias",formulas:{dot:"q \xB7 k","scaled dot":"q \xB7 k / \u221Ad",general:"(W q) \xB7 k",additive:"v \xB7 tanh(W q + U k)"},key:"Key",product:"q \xB7 k",scaled:s=>`\xD7 ${s}`,score_:"Score",exp:"exp",weight:"Weight",others:s=>`${s} others`,hiddenKeys:s=>`${s} more could not be seen.`,restOfProducts:s=>`other ${s}`,softmaxSum:(s,t)=>`Each score, less the largest (${s}), goes through exp; a weight is that over the sum of all, ${t}.`,hardAttention:"Hard attention: the likeliest key alone has weight.",pinnedRow:"These weights were given from outside; the softmax is what the model would have used.",broughtExplained:s=>`Weight times value, added up, is the context: ${s} numbers. The largest:`,context:"Context",predictionExplained:(s,t)=>`Probability ${s}, rank ${t} in the vocabulary.`,oneVector:"This model read its source as one vector: there was nothing to compare and to choose from.",fullPage:"As a page of text, as qkv explain prints it",tokenHeading:"This server asks for a token",tokenExplained:"Whoever started the server knows it. It is kept until this tab is closed.",tokenLabel:"Token",tokenWrong:"That was not this server\u2019s token.",tokenSend:"Go on",failures:{0:"The server does not answer. Is it still running?",401:"This server asks for a token.",403:"The token is not this server\u2019s.",404:"The server has nothing of that name.",408:"The server took too long. Try a shorter text.",413:"That is too much at once. Try a shorter text or a smaller picture.",429:"Too many requests. Wait a moment and change something.",503:"The server is busy or stopping. Wait a moment and change something.",504:"The server took too long. Try a shorter text."},failure:s=>`The server could not do it (${s}).`,serversWords:s=>s,tryAgain:"Try again",tourHeading:"Tour",tourStep:(s,t)=>`Step ${s} of ${t}`,next:"Next",back:"Back",end:"End",tourLacks:s=>`No model that is served ${s}; run \u201Cqkv demo --serve\u201D to have it.`,lacks:{fixed:"reads its source as one fixed vector",attention:"is an RNN with attention",transformer:"is a Transformer"},tour:[{title:"One fixed vector",text:["A Seq2Seq model\u2019s encoder reads the whole sentence into one vector c; all that the decoder knows of the source is in it. Read the translation of this long sentence: what got lost or mixed up? That is the bottleneck.","There is nothing to look at here: no map, no weights. Type a short sentence and see that it does better."]},{title:"Attention",text:["The same RNN, but it keeps every hidden state h\u2081 \u2026 h\u2099, and at each step the decoder weighs them anew. Point at a word of the translation: the darker a source word, the more weight it received.","Weights of a row sum to 1. They change with every word that is said: that is selective focus."]},{title:"Query, key, value",text:["One word is chosen. The card shows how its weights came about: the decoder\u2019s state is the query, each hidden state a key; their products go through softmax; the values, the same hidden states, are added up with these weights.","Follow one number from product to weight. In the article\u2019s words: e = s\u1D40h, \u03B1 = softmax(e), c = \u03A3 \u03B1 h."]},{title:"Self-attention",text:["A Transformer\u2019s encoder: queries, keys and values all come from the source itself. Each word looks at the others and takes from them what it needs.","Choose a row of the map. Several heads look at several things at once; see them all below."]},{title:"Cross-attention, and what if",text:["Here the queries come from the decoder, keys and values from the encoder. Now change something: \u5496\u5561 is hidden from all attention. Compare before and after: the model has to guess it.","Take it back, force another word, forbid a look or switch a head off, and see how sure the model still is."]}]};var Hs={cross:"\u4EA4\u53C9\u6CE8\u610F\u529B",encoder:"\u7F16\u7801\u5668",decoder:"\u89E3\u7801\u5668"},Ns={subtitle:"\u6A21\u578B\u770B\u4E86\u54EA\u91CC\uFF1F",documentTitle:"qkv\uFF1A\u6A21\u578B\u770B\u4E86\u54EA\u91CC\uFF1F",takeTour:"\u5BFC\u89C8",largeType:"\u5927\u5B57",model:"\u6A21\u578B",architectures:{rnn:"RNN",transformer:"Transformer"},withAttention:s=>`${s} \u6CE8\u610F\u529B`,withoutAttention:"\u5355\u4E00\u56FA\u5B9A\u5411\u91CF\uFF0C\u65E0\u6CE8\u610F\u529B",captions:"\u63CF\u8FF0\u56FE\u7247",sourceHeading:"\u539F\u6587",sourceHint:"\u8F93\u5165\u4E00\u53E5\u8BDD",pictureHeading:"\u56FE\u7247",choosePicture:"\u9009\u62E9\u56FE\u7247",dropPicture:"\u6216\u62D6\u5230\u8FD9\u91CC\u3002\u56FE\u7247\u53EA\u4F1A\u53D1\u9001\u5230\u8FD9\u53F0\u670D\u52A1\u5668\u3002",pictureAlt:"\u8981\u63CF\u8FF0\u7684\u56FE\u7247",sharedWithoutPicture:"\u7F51\u5740\u91CC\u6709\u6539\u52A8\uFF0C\u4F46\u6CA1\u6709\u56FE\u7247\uFF1A\u8BF7\u91CD\u65B0\u9009\u62E9\u56FE\u7247\u540E\u67E5\u770B\u3002",notAPicture:s=>`\u201C${s}\u201D\u4E0D\u662F\u56FE\u7247\u3002`,pictureTooLarge:s=>`\u201C${s}\u201D\u8D85\u8FC7\u4E86 8 MB\u3002`,translation:"\u8BD1\u6587",caption:"\u63CF\u8FF0",before:"\u6539\u52A8\u524D",after:"\u6539\u52A8\u540E",unchangedText:"\u6587\u672C\u4E0E\u6539\u52A8\u524D\u76F8\u540C\u3002",working:"\u6B63\u5728\u8BA1\u7B97\u2026\u2026",empty:"\u8FD8\u6CA1\u6709\u8981\u7FFB\u8BD1\u7684\u5185\u5BB9\u3002",wordHint:"\u70B9\u4E00\u4E2A\u8BCD\uFF0C\u770B\u5B83\u662F\u600E\u4E48\u6765\u7684\uFF0C\u4E5F\u53EF\u4EE5\u6362\u6210\u522B\u7684\u8BCD\u3002",score:s=>`\u5F97\u5206 ${s}`,scoreExplained:"\u7ECF\u957F\u5EA6\u60E9\u7F5A\u540E\u7684\u5BF9\u6570\u6982\u7387\uFF0C\u8D8A\u63A5\u8FD1 0 \u8D8A\u597D\u3002",alternativesHeading:"\u675F\u641C\u7D22\u7684\u7ED3\u679C",alternativesExplained:"\u641C\u7D22\u4FDD\u7559\u4E86\u51E0\u6761\u5019\u9009\u3002\u9009\u4E00\u6761\uFF0C\u770B\u6A21\u578B\u4E3A\u5B83\u5173\u6CE8\u4E86\u4EC0\u4E48\u3002",best:"\u6700\u4F18",stepsHeading:"\u5982\u679C\u2026\u2026\u4F1A\u600E\u6837",takeBack:"\u64A4\u9500",takeAllBack:"\u5168\u90E8\u64A4\u9500",steps:{force:s=>`\u4EE5\u201C${s}\u201D\u5F00\u5934`,hide:s=>`\u9690\u85CF\u201C${s}\u201D`,forbid:(s,t)=>`${s}\u4E0D\u8BB8\u770B\u201C${t}\u201D`,pin:(s,t)=>`${s}\u53EA\u770B\u201C${t}\u201D`,headOff:(s,t,e)=>`${Hs[s]}\u7B2C ${t} \u5C42\uFF1A\u5173\u95ED\u7B2C ${e} \u5934`},atWord:(s,t)=>`\u201C${t}\u201D\uFF08\u7B2C ${s} \u4E2A token\uFF09`,atToken:s=>`\u7B2C ${s} \u4E2A token `,region:s=>`\u533A\u57DF ${s}`,inHead:(s,t)=>`\uFF08${[s===null?"\u6240\u6709\u5C42":`\u7B2C ${s} \u5C42`,t===null?"\u6240\u6709\u5934":`\u7B2C ${t} \u5934`].join("\uFF0C")}\uFF09`,textIsNew:"\u539F\u6587\u53D8\u4E86\uFF0C\u5BF9\u65E7\u539F\u6587\u7684\u6539\u52A8\u5DF2\u64A4\u9500\u3002",copyAddress:"\u590D\u5236\u7F51\u5740",addressCopied:"\u7F51\u5740\u5DF2\u590D\u5236\uFF0C\u5176\u4E2D\u5305\u542B\u6587\u672C\u548C\u6539\u52A8\u3002",addressNotCopied:"\u6D4F\u89C8\u5668\u4E0D\u5141\u8BB8\u7F51\u9875\u590D\u5236\uFF0C\u8BF7\u4ECE\u5730\u5740\u680F\u590D\u5236\u3002",chosenHeading:"\u9009\u4E2D",nothingChosen:"\u70B9\u9009\u4EFB\u610F\u4E00\u4FA7\u7684\u8BCD\uFF0C\u6216\u70ED\u529B\u56FE\u4E2D\u7684\u4E00\u683C\u3002\u5B83\u5173\u6CE8\u4E86\u4EC0\u4E48\u3001\u8FD9\u4E2A\u6570\u600E\u4E48\u7B97\u51FA\u6765\u7684\u3001\u53EF\u4EE5\u6539\u4EC0\u4E48\uFF0C\u90FD\u4F1A\u663E\u793A\u5728\u8FD9\u91CC\u3002",lookedAt:s=>`\u201C${s}\u201D\u5173\u6CE8\u4E86`,sourceWord:s=>`\u539F\u6587\u7684\u8BCD\u201C${s}\u201D`,hide:"\u9690\u85CF",hidden:"\u5DF2\u9690\u85CF\uFF0C\u70B9\u6B64\u6062\u590D",onlyHere:"\u53EA\u770B\u8FD9\u91CC",onlyHereFull:(s,t)=>`\u8BA9\u201C${s}\u201D\u53EA\u770B\u201C${t}\u201D`,notHere:"\u4E0D\u770B\u8FD9\u91CC",notHereFull:(s,t)=>`\u4E0D\u8BB8\u201C${s}\u201D\u770B\u201C${t}\u201D`,onlyShown:"\u53EA\u6539\u5F53\u524D\u663E\u793A\u7684\u5C42\u548C\u5934",sayInstead:"\u6B64\u5904\u6700\u53EF\u80FD\u7684\u8BCD",sayInsteadHint:"\u9009\u4E00\u4E2A\uFF0C\u6A21\u578B\u4F1A\u4ECE\u90A3\u91CC\u63A5\u7740\u5F80\u4E0B\u8BF4\u3002",sayTyped:"\u6216\u8005\u53E6\u4E00\u4E2A\u8BCD",say:"\u5C31\u8BF4\u5B83",letGo:"\u53D6\u6D88\u9009\u62E9",tokensOfWord:"\u8FD9\u4E2A\u8BCD\u7684 token",severalTokens:s=>`\u8FD9\u4E2A\u8BCD\u7531 ${s} \u4E2A token \u7EC4\u6210\uFF1B\u4E0A\u9762\u662F\u5E73\u5747\u503C\uFF0C\u4E0B\u9762\u662F\u9009\u4E2D\u7684\u8FD9\u4E2A\uFF1A`,headsHeading:"\u5173\u95ED\u6CE8\u610F\u529B\u5934",headsExplained:"\u5173\u95ED\u7684\u5934\u4EC0\u4E48\u4E5F\u770B\u4E0D\u5230\uFF0C\u4E5F\u4E0D\u518D\u6709\u8D21\u732E\u3002",headsOf:Hs,layer:s=>`\u7B2C ${s} \u5C42`,switchOff:(s,t,e)=>`${s}\uFF0C\u7B2C ${t} \u5C42\uFF0C\u7B2C ${e} \u5934\uFF1A\u5173\u95ED`,explainHeading:"\u8FD9\u4E9B\u6570\u662F\u600E\u4E48\u7B97\u51FA\u6765\u7684",explainOf:(s,t,e,r)=>`\u201C${s}\u201D\uFF0C\u7B2C ${t} \u6B65\uFF0C\u7B2C ${e} \u5C42\uFF0C\u7B2C ${r} \u5934`,headChosen:"\u770B\u5F97\u6700\u4E13\u6CE8\u7684\u5934",stages:{query:"1. \u67E5\u8BE2\uFF08Query\uFF09",products:"2. \u4E0E\u6BCF\u4E2A\u952E\uFF08Key\uFF09\u6BD4\u8F83",weights:"3. softmax \u5F97\u5230\u6743\u91CD",values:"4. \u503C\uFF08Value\uFF09\u5E26\u6765\u4E86\u4EC0\u4E48",prediction:"5. \u4E0B\u4E00\u4E2A\u8BCD"},queryOf:{cross:s=>`\u89E3\u7801\u5668\u5728\u7B2C ${s} \u6B65\u7684\u72B6\u6001\u5728\u95EE\uFF1A\u6211\u73B0\u5728\u9700\u8981\u4EC0\u4E48\uFF1F`,encoder:s=>`\u539F\u6587\u7B2C ${s} \u4E2A\u4F4D\u7F6E\u5411\u539F\u6587\u7684\u6240\u6709\u4F4D\u7F6E\u53D1\u51FA\u67E5\u8BE2\u3002`,decoder:s=>`\u7B2C ${s} \u6B65\u5411\u5DF2\u7ECF\u8BF4\u51FA\u7684\u8BCD\u53D1\u51FA\u67E5\u8BE2\u3002`},dimension:s=>`\u7EF4 ${s}`,withKey:s=>`\u4E0E\u201C${s}\u201D\u7684\u952E\uFF1A`,bias:"\u504F\u7F6E",formulas:{dot:"q \xB7 k","scaled dot":"q \xB7 k / \u221Ad",general:"(W q) \xB7 k",additive:"v \xB7 tanh(W q + U k)"},key:"\u952E",product:"q \xB7 k",scaled:s=>`\xD7 ${s}`,score_:"\u5206\u6570",exp:"exp",weight:"\u6743\u91CD",others:s=>`\u5176\u4F59 ${s} \u4E2A`,hiddenKeys:s=>`\u53E6\u6709 ${s} \u4E2A\u770B\u4E0D\u5230\u3002`,restOfProducts:s=>`\u5176\u4F59 ${s} \u4E2A`,softmaxSum:(s,t)=>`\u6BCF\u4E2A\u5206\u6570\u51CF\u53BB\u6700\u5927\u5206\u6570\uFF08${s}\uFF09\u540E\u53D6 exp\uFF0C\u518D\u9664\u4EE5\u603B\u548C ${t}\uFF0C\u5C31\u662F\u6743\u91CD\u3002`,hardAttention:"\u786C\u6CE8\u610F\u529B\uFF1A\u53EA\u6709\u6700\u53EF\u80FD\u7684\u952E\u6709\u6743\u91CD\u3002",pinnedRow:"\u8FD9\u4E9B\u6743\u91CD\u7531\u5916\u90E8\u7ED9\u5B9A\uFF1Bsoftmax \u662F\u6A21\u578B\u672C\u6765\u4F1A\u7528\u7684\u503C\u3002",broughtExplained:s=>`\u6743\u91CD\u4E58\u4EE5\u503C\u518D\u76F8\u52A0\uFF0C\u5C31\u662F\u4E0A\u4E0B\u6587\u5411\u91CF\uFF0C\u5171 ${s} \u4E2A\u6570\u3002\u6700\u5927\u7684\u51E0\u4E2A\uFF1A`,context:"\u4E0A\u4E0B\u6587",predictionExplained:(s,t)=>`\u6982\u7387 ${s}\uFF0C\u5728\u8BCD\u8868\u4E2D\u6392\u7B2C ${t}\u3002`,oneVector:"\u8FD9\u4E2A\u6A21\u578B\u628A\u539F\u6587\u8BFB\u6210\u4E00\u4E2A\u5411\u91CF\uFF1A\u6CA1\u6709\u53EF\u6BD4\u8F83\u3001\u53EF\u9009\u62E9\u7684\u5BF9\u8C61\u3002",fullPage:"\u6587\u672C\u7248\uFF0C\u4E0E qkv explain \u7684\u8F93\u51FA\u76F8\u540C",tokenHeading:"\u8FD9\u53F0\u670D\u52A1\u5668\u9700\u8981\u4EE4\u724C",tokenExplained:"\u542F\u52A8\u670D\u52A1\u5668\u7684\u4EBA\u77E5\u9053\u4EE4\u724C\u3002\u5B83\u53EA\u4FDD\u7559\u5230\u5173\u95ED\u6B64\u6807\u7B7E\u9875\u4E3A\u6B62\u3002",tokenLabel:"\u4EE4\u724C",tokenWrong:"\u4EE4\u724C\u4E0D\u5BF9\u3002",tokenSend:"\u7EE7\u7EED",failures:{0:"\u670D\u52A1\u5668\u6CA1\u6709\u56DE\u5E94\u3002\u5B83\u8FD8\u5728\u8FD0\u884C\u5417\uFF1F",401:"\u8FD9\u53F0\u670D\u52A1\u5668\u9700\u8981\u4EE4\u724C\u3002",403:"\u4EE4\u724C\u4E0D\u5BF9\u3002",404:"\u670D\u52A1\u5668\u4E0A\u6CA1\u6709\u8FD9\u4E2A\u540D\u79F0\u3002",408:"\u670D\u52A1\u5668\u7528\u65F6\u8FC7\u957F\uFF0C\u8BF7\u6362\u77ED\u4E00\u4E9B\u7684\u6587\u672C\u3002",413:"\u4E00\u6B21\u53D1\u9001\u7684\u5185\u5BB9\u592A\u591A\uFF0C\u8BF7\u6362\u77ED\u4E00\u4E9B\u7684\u6587\u672C\u6216\u5C0F\u4E00\u4E9B\u7684\u56FE\u7247\u3002",429:"\u8BF7\u6C42\u592A\u591A\uFF0C\u8BF7\u7A0D\u7B49\u7247\u523B\u518D\u4FEE\u6539\u3002",503:"\u670D\u52A1\u5668\u6B63\u5FD9\u6216\u6B63\u5728\u505C\u6B62\uFF0C\u8BF7\u7A0D\u7B49\u7247\u523B\u518D\u4FEE\u6539\u3002",504:"\u670D\u52A1\u5668\u7528\u65F6\u8FC7\u957F\uFF0C\u8BF7\u6362\u77ED\u4E00\u4E9B\u7684\u6587\u672C\u3002"},failure:s=>`\u670D\u52A1\u5668\u65E0\u6CD5\u5B8C\u6210\uFF08${s}\uFF09\u3002`,serversWords:s=>`\u670D\u52A1\u5668\u7684\u8BF4\u660E\uFF08\u82F1\u6587\uFF09\uFF1A${s}`,tryAgain:"\u91CD\u8BD5",tourHeading:"\u5BFC\u89C8",tourStep:(s,t)=>`\u7B2C ${s} \u6B65\uFF0C\u5171 ${t} \u6B65`,next:"\u4E0B\u4E00\u6B65",back:"\u4E0A\u4E00\u6B65",end:"\u7ED3\u675F",tourLacks:s=>`\u5F53\u524D\u6CA1\u6709${s}\u7684\u6A21\u578B\uFF1B\u8FD0\u884C\u201Cqkv demo --serve\u201D\u5373\u53EF\u3002`,lacks:{fixed:"\u628A\u539F\u6587\u8BFB\u6210\u4E00\u4E2A\u56FA\u5B9A\u5411\u91CF",attention:"\u5E26\u6CE8\u610F\u529B\u7684 RNN ",transformer:"Transformer \u67B6\u6784"},tour:[{title:"\u4E00\u4E2A\u56FA\u5B9A\u5411\u91CF",text:["\u4F20\u7EDF Seq2Seq \u7684\u7F16\u7801\u5668\u628A\u6574\u53E5\u8BDD\u8BFB\u6210\u4E00\u4E2A\u5411\u91CF c\uFF0C\u89E3\u7801\u5668\u5BF9\u539F\u6587\u7684\u5168\u90E8\u4E86\u89E3\u90FD\u5728\u5176\u4E2D\u3002\u770B\u770B\u8FD9\u4E2A\u957F\u53E5\u7684\u8BD1\u6587\uFF1A\u4E22\u4E86\u4EC0\u4E48\u3001\u9519\u4E86\u4EC0\u4E48\uFF1F\u8FD9\u5C31\u662F\u201C\u7F16\u7801\u74F6\u9888\u201D\u3002","\u8FD9\u91CC\u6CA1\u6709\u53EF\u770B\u7684\u6CE8\u610F\u529B\uFF1A\u6CA1\u6709\u70ED\u529B\u56FE\uFF0C\u4E5F\u6CA1\u6709\u6743\u91CD\u3002\u6362\u4E00\u4E2A\u77ED\u53E5\u8BD5\u8BD5\uFF0C\u4F1A\u597D\u5F97\u591A\u3002"]},{title:"\u6CE8\u610F\u529B",text:["\u540C\u6837\u7684 RNN\uFF0C\u4F46\u4FDD\u7559\u4E86\u6BCF\u4E2A\u65F6\u95F4\u6B65\u7684\u9690\u85CF\u72B6\u6001 h\u2081 \u2026 h\u2099\uFF0C\u89E3\u7801\u5668\u6BCF\u4E00\u6B65\u90FD\u91CD\u65B0\u7ED9\u5B83\u4EEC\u5206\u914D\u6743\u91CD\u3002\u628A\u9F20\u6807\u79FB\u5230\u8BD1\u6587\u7684\u4E00\u4E2A\u8BCD\u4E0A\uFF1A\u539F\u6587\u7684\u8BCD\u989C\u8272\u8D8A\u6DF1\uFF0C\u5F97\u5230\u7684\u6743\u91CD\u8D8A\u5927\u3002","\u6BCF\u4E00\u884C\u7684\u6743\u91CD\u4E4B\u548C\u4E3A 1\uFF0C\u5E76\u968F\u7740\u8BF4\u51FA\u7684\u6BCF\u4E2A\u8BCD\u800C\u53D8\u5316\uFF0C\u8FD9\u5C31\u662F\u201C\u9009\u62E9\u6027\u805A\u7126\u201D\u3002"]},{title:"\u67E5\u8BE2\u3001\u952E\u3001\u503C\uFF08Q\u3001K\u3001V\uFF09",text:["\u5DF2\u9009\u4E2D\u4E00\u4E2A\u8BCD\u3002\u5361\u7247\u5217\u51FA\u5B83\u7684\u6743\u91CD\u600E\u4E48\u6765\u7684\uFF1A\u89E3\u7801\u5668\u72B6\u6001\u662F Query\uFF0C\u6BCF\u4E2A\u9690\u85CF\u72B6\u6001\u662F Key\uFF0C\u4E8C\u8005\u7684\u70B9\u79EF\u7ECF\u8FC7 softmax\uFF0C\u518D\u6309\u8FD9\u4E9B\u6743\u91CD\u628A Value\uFF08\u540C\u6837\u662F\u9690\u85CF\u72B6\u6001\uFF09\u52A0\u8D77\u6765\u3002","\u8DDF\u7740\u4E00\u4E2A\u6570\u8D70\uFF0C\u4ECE\u70B9\u79EF\u5230\u6743\u91CD\u3002\u7528\u6587\u7AE0\u7684\u8BDD\u8BF4\uFF1Ae = s\u1D40h\uFF0C\u03B1 = softmax(e)\uFF0Cc = \u03A3 \u03B1 h\u3002"]},{title:"\u81EA\u6CE8\u610F\u529B",text:["Transformer \u7684\u7F16\u7801\u5668\uFF1AQuery\u3001Key\u3001Value \u90FD\u6765\u81EA\u539F\u6587\u81EA\u8EAB\u3002\u6BCF\u4E2A\u8BCD\u770B\u5176\u4ED6\u7684\u8BCD\uFF0C\u53D6\u8D70\u81EA\u5DF1\u9700\u8981\u7684\u4FE1\u606F\u3002","\u70B9\u9009\u70ED\u529B\u56FE\u7684\u4E00\u884C\u3002\u591A\u4E2A\u5934\u540C\u65F6\u770B\u4E0D\u540C\u7684\u4E1C\u897F\uFF0C\u4E0B\u65B9\u53EF\u4EE5\u770B\u5230\u6240\u6709\u7684\u5934\u3002"]},{title:"\u4EA4\u53C9\u6CE8\u610F\u529B\u4E0E\u201C\u5982\u679C\u2026\u2026\u4F1A\u600E\u6837\u201D",text:["\u8FD9\u91CC Query \u6765\u81EA\u89E3\u7801\u5668\uFF0CKey \u548C Value \u6765\u81EA\u7F16\u7801\u5668\u3002\u73B0\u5728\u6539\u4E00\u6539\uFF1A\u201C\u5496\u5561\u201D\u5BF9\u6240\u6709\u6CE8\u610F\u529B\u90FD\u9690\u85CF\u4E86\u3002\u6BD4\u8F83\u6539\u52A8\u524D\u540E\uFF1A\u6A21\u578B\u53EA\u80FD\u731C\u3002","\u64A4\u9500\u5B83\uFF0C\u518D\u5F3A\u5236\u6362\u4E00\u4E2A\u8BCD\u3001\u7981\u6B62\u4E00\u6B21\u5173\u6CE8\uFF0C\u6216\u5173\u95ED\u4E00\u4E2A\u5934\uFF0C\u770B\u6A21\u578B\u8FD8\u6709\u591A\u5927\u628A\u63E1\u3002"]}]};var Li={en:Os,zh:Ns},P=class extends x{get say(){return Li[E.language]}};var q=b`
  :host {
    --raised: color-mix(in srgb, var(--ink) 5%, var(--paper));
  }
  label,
  .label,
  h2 {
    display: block;
    font: 400 0.875rem/1.5 var(--sans);
    color: var(--quiet);
  }
  h2 {
    color: var(--ink);
    font-weight: 600;
  }
  h3:lang(zh) {
    font-style: normal !important;
  }
  button.plain {
    text-decoration: underline;
    text-underline-offset: 0.15em;
    text-decoration-color: var(--quiet);
  }
  button.plain:hover {
    text-decoration-color: var(--accent);
    color: var(--accent);
  }
  button.chip {
    border: 1px solid var(--quiet);
    border-radius: 1em;
    padding: 0.1em 0.7em;
    min-height: 1.75rem;
    font-size: 0.875rem;
  }
  button.chip:hover {
    border-color: var(--accent);
    color: var(--accent);
  }
  button.chip[aria-pressed="true"] {
    background: var(--ink);
    border-color: var(--ink);
    color: var(--paper);
  }
  input[type="text"],
  input[type="password"] {
    font: inherit;
    color: inherit;
    background: var(--raised);
    border: 0;
    border-bottom: 1px solid var(--quiet);
    padding: 0.2em 0.4em;
    min-width: 0;
  }
  progress {
    appearance: none;
    border: 0;
    height: 0.75em;
    background: var(--rule);
  }
  progress::-webkit-progress-bar {
    background: var(--rule);
  }
  progress::-webkit-progress-value {
    background: var(--weight);
  }
  progress::-moz-progress-bar {
    background: var(--weight);
  }
  summary {
    cursor: pointer;
    font-size: 0.875rem;
  }
`,Ws=b`
  :root[data-size="large"] {
    font-size: 150%;
  }
`;var M=s=>s.toFixed(Math.abs(s)<10?3:1).replace("-","\u2212"),we=class extends P{constructor(){super(...arguments);this.column=null}render(){let{explained:e,text:r}=this.explanation,{look:n}=e;return c`
      <h3>${this.say.explainHeading}</h3>
      ${n?this.renderLook(e,n):c`<p>${this.say.oneVector}</p>`}
      ${this.renderPrediction(e)}
      <details>
        <summary>${this.say.fullPage}</summary>
        <pre tabindex="0">${r}</pre>
      </details>
    `}renderLook(e,r){let n=this.keyOf(r),{token:i,step:o,layer:a,head:l,head_count:h}=e;return c`
      <p class="quiet">${this.say.explainOf(O(i),o,a??0,l??0)}${h>1&&!e.head_named?`: ${this.say.headChosen}`:m}</p>
      <h4>${this.say.stages.query}</h4>
      <p>${this.say.queryOf[e.kind](o)}</p>
      <h4>${this.say.stages.products}</h4>
      ${n?this.renderProducts(r,n):m}
      <h4>${this.say.stages.weights}</h4>
      ${this.renderWeights(r,n)}
      <h4>${this.say.stages.values}</h4>
      ${n?this.renderValues(r,n):m}
    `}keyOf({keys:e}){return e.find(n=>n.number-1===this.column)??e.reduce((n,i)=>n&&n.weight>=i.weight?n:i,void 0)}renderProducts(e,r){return c`
      <p>${this.say.withKey(O(r.token))} <span class="formula">${this.say.formulas[e.score]??e.score}</span></p>
      <table class="sum">
        ${r.products.map((n,i)=>c`<tr>
            <th scope="row">${this.say.dimension(e.dimensions[i])}</th>
            <td class="number">${this.factors(e,r,i)} =</td>
            <td class="number">${M(n)}</td>
          </tr>`)}
        ${r.products.length&&e.other_dimensions?c`<tr>
              <th scope="row">${this.say.restOfProducts(e.other_dimensions)}</th>
              <td></td>
              <td class="number">${M(r.rest)}</td>
            </tr>`:m}
        <tr class="total">
          <th scope="row">${this.say.product}</th>
          <td></td>
          <td class="number">${M(r.product)}</td>
        </tr>
        ${e.scale===1?m:this.line(this.say.scaled(M(e.scale)),r.product*e.scale)}
        ${r.bias===0?m:this.line(this.say.bias,r.bias)}
        ${e.scale===1&&r.bias===0?m:this.line(this.say.score_,r.score,"total")}
      </table>
    `}factors({score:e,dimensions:r,query:n,energy:i},o,a){let l=n[r[a]-1];return e==="additive"?`${M(i[a])} \xD7 tanh(${M(l)} + ${M(o.numbers[a])})`:`${M(l)} \xD7 ${M(o.numbers[a])}`}line(e,r,n=""){return c`<tr class=${n||m}>
      <th scope="row">${e}</th>
      <td></td>
      <td class="number">${M(r)}</td>
    </tr>`}renderWeights(e,r){return c`
      <p>${this.say.softmaxSum(M(e.shift),M(e.total))}</p>
      ${e.hard?c`<p>${this.say.hardAttention}</p>`:m}
      ${e.pinned?c`<p>${this.say.pinnedRow}</p>`:m}
      <table>
        <thead>
          <tr>
            <th scope="col">${this.say.key}</th>
            <th scope="col" class="number">${this.say.score_}</th>
            <th scope="col" class="number">${this.say.exp}</th>
            ${e.pinned||e.hard?c`<th scope="col" class="number">softmax</th>`:m}
            <th scope="col" class="number">${this.say.weight}</th>
          </tr>
        </thead>
        <tbody>
          ${e.keys.map(n=>c`<tr class=${n===r?"chosen":m}>
              <th scope="row"><bdi>${O(n.token)}</bdi></th>
              <td class="number">${M(n.score)}</td>
              ${this.renderShares(e,n)}
            </tr>`)}
          ${e.others?c`<tr>
                <th scope="row">${this.say.others(e.others.count)}</th>
                <td></td>
                ${this.renderShares(e,e.others)}
              </tr>`:m}
        </tbody>
      </table>
      ${e.hidden?c`<p class="quiet">${this.say.hiddenKeys(e.hidden)}</p>`:m}
    `}renderShares(e,{exp:r,share:n,weight:i}){return c`
      <td class="number">${M(r)}</td>
      ${e.pinned||e.hard?c`<td class="number">${M(n)}</td>`:m}
      <td class="number weight"><progress value=${i} aria-hidden="true"></progress> ${M(i)}</td>
    `}renderValues(e,r){return c`
      <p>${this.say.broughtExplained(e.value_width)}</p>
      <table>
        <thead>
          <tr>
            <th></th>
            <th scope="col" class="number"><bdi>${O(r.token)}</bdi></th>
            <th scope="col" class="number">${this.say.context}</th>
          </tr>
        </thead>
        <tbody>
          ${e.value_dimensions.map((n,i)=>c`<tr>
              <th scope="row">${this.say.dimension(n)}</th>
              <td class="number">${M(r.brought[i])}</td>
              <td class="number">${M(e.context[n-1])}</td>
            </tr>`)}
        </tbody>
      </table>
    `}renderPrediction({prediction:e}){return e?c`
      <h4>${this.say.stages.prediction}</h4>
      <p>
        <bdi class="said">${O(e.token)}</bdi>:
        ${this.say.predictionExplained(B(e.probability),e.rank)}
      </p>
    `:m}};we.styles=[y,q,b`
      :host {
        container-type: inline-size;
      }
      h3 {
        font: italic 400 1.125rem/1.4 var(--serif);
        margin-top: 1rem;
      }
      h4 {
        font-weight: 600;
        font-size: 0.875rem;
        margin: 0.75rem 0 0;
      }
      p {
        overflow-wrap: anywhere;
      }
      table {
        border-collapse: collapse;
        font-size: 0.875rem;
        margin: 0.25rem 0;
        width: 100%;
      }
      th {
        font-weight: 400;
        color: var(--quiet);
        text-align: start;
        padding: 0.1rem 0.5rem 0.1rem 0;
        overflow-wrap: anywhere;
      }
      tbody th bdi,
      .said {
        font: 400 1rem/1.4 var(--serif);
        color: var(--ink);
      }
      td.number,
      th.number {
        text-align: end;
        white-space: nowrap;
        padding-inline-start: 0.5rem;
      }
      tbody tr,
      .sum tr {
        border-top: 1px solid var(--rule);
      }
      .chosen {
        background: var(--raised);
      }
      .chosen td.weight,
      .total td,
      .total th {
        font-weight: 600;
        color: var(--ink);
      }
      .weight progress {
        width: 3.5rem;
        vertical-align: middle;
      }
      @container (max-width: 20rem) {
        .weight progress {
          display: none;
        }
        td.number,
        th.number {
          padding-inline-start: 0.2rem !important;
        }
      }
      .formula {
        font-family: var(--serif);
        font-style: italic;
      }
      pre {
        font-size: 0.75rem;
        line-height: 1.35;
        overflow-x: auto;
      }
      details {
        margin-top: 0.75rem;
      }
    `],p([u({attribute:!1})],we.prototype,"explanation",2),p([u({attribute:!1})],we.prototype,"column",2),we=p([w("qkv-explanation")],we);var nr={model:null,text:"",steps:[],alternative:0},Oi=5;function Is({model:s,text:t,steps:e,alternative:r}){let n=new URLSearchParams;return s!==null&&n.set("model",s),t!==""&&n.set("text",t),e.length>0&&n.set("what-if",JSON.stringify(e)),r>0&&n.set("result",String(r)),n.toString()}function ir(s){let t=new URLSearchParams(s.replace(/^#/,"")),e=t.get("result")??"";return{model:t.get("model"),text:t.get("text")??"",steps:Ls(t.get("what-if")),alternative:/^[0-9]$/.test(e)?Number(e):0}}function Et({model:s,text:t,steps:e,alternative:r},n){return{...n===null?{text:t}:{image:n},...s===null?{}:{model:s},nbest:Oi,...e.length>0?{changes:Ms(e)}:{},...r>0?{alternative:r}:{}}}var Fs=s=>({...s,steps:[],alternative:0}),Ds=({steps:s,alternative:t})=>s.length>0||t>0;var Hi=2e3;function Us(s,t){let e={gone:new Set,added:new Set};if(s.length+t.length>Hi)return e;let[r,n]=[s,t].map(a=>a.map(({text:l})=>l)),[i,o]=[0,0];for(let{added:a,removed:l,count:h}of rt(r,n))l&&Gs(e.gone,i,h),a&&Gs(e.added,o,h),a||(i+=h),l||(o+=h);return e}function Gs(s,t,e){for(let r=t;r<t+e;r++)s.add(r)}var He=1,zs="<eos>",Ni={gone:new Set,added:new Set},I=class extends P{constructor(){super(...arguments);this.former=null;this.changedTo=null;this.captioning=!1;this.working=!1;this.unit="words";this.alternative=0;this.row=null}render(){let e=this.changedTo??this.former;return c`
      <h2>${this.captioning?this.say.caption:this.say.translation}
        <span class="quiet" role="status">${this.working?this.say.working:m}</span>
      </h2>
      ${e?this.renderTexts(e):c`<p class="quiet">${this.say.empty}</p>`}
      ${e&&e.alternatives.length>1?this.renderAlternatives(e):m}
    `}renderTexts(e){let r=this.piecesOf(e);if(!this.changedTo||!this.former)return this.renderNow(r,Ni);let n=this.piecesOf(this.former),i=Us(n,r),o=i.gone.size+i.added.size===0;return c`
      <p class="label">${this.say.before}</p>
      <p class="text old" id="before" dir="auto">${n.map(({text:a,space:l},h)=>c`${l}<bdi class=${i.gone.has(h)?"gone":a===zs?"end":m}>${a}</bdi>`)}</p>
      <p class="label">${this.say.after}${o?c` · ${this.say.unchangedText}`:m}</p>
      ${this.renderNow(r,i)}
    `}renderNow(e,r){return c`<p class="text" id="after" dir="auto">${e.map(({text:n,space:i},o)=>c`${i}<button
            type="button"
            class=${r.added.has(o)?"added":n===zs?"end":m}
            title=${this.say.wordHint}
            aria-pressed=${o===this.row}
            @pointerenter=${()=>this.ask("qkv-hover",{row:o,column:null})}
            @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}
            @click=${()=>this.ask("qkv-select",{row:o===this.row?null:o,column:null})}
          ><bdi>${n}</bdi></button>`)}</p>`}piecesOf(e){return F(e.sides[He],this.unit)}renderAlternatives({alternatives:e}){return c`
      <details ?open=${this.alternative>0}>
        <summary>${this.say.alternativesHeading}</summary>
        <p class="quiet">${this.say.alternativesExplained}</p>
        <ol>${e.map(({text:r,score:n},i)=>c`<li>
            <label class="choice">
              <input
                type="radio"
                name="alternative"
                .checked=${i===this.alternative}
                @change=${()=>this.ask("qkv-question",{alternative:i})}
              >
              <bdi>${r}</bdi>
              <span class="quiet number" title=${this.say.scoreExplained}>${this.say.score(n.toFixed(3))}${i===0?`, ${this.say.best}`:m}</span>
            </label>
          </li>`)}</ol>
      </details>
    `}};I.styles=[y,q,b`
      .text {
        font: 400 1.375rem/1.5 var(--serif);
        overflow-wrap: anywhere;
        max-height: 40vh;
        overflow-y: auto;
        padding: 0.2rem 0;
      }
      .text button {
        padding: 0;
        border-bottom: 1px dotted var(--quiet);
        border-radius: 0;
        overflow-wrap: anywhere;
        text-align: start;
      }
      .end {
        color: var(--quiet);
        font-size: 0.75em;
        margin-inline-start: 0.4em;
      }
      .text button:hover {
        color: var(--accent);
      }
      .text button[aria-pressed="true"] {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
        border-radius: 2px;
      }
      .old {
        color: var(--quiet);
        font-size: 1.125rem;
      }
      .gone {
        text-decoration: line-through;
        text-decoration-color: var(--accent);
        text-decoration-thickness: 2px;
      }
      .added {
        border-bottom: 3px solid var(--accent) !important;
        font-weight: 600;
      }
      details {
        margin-top: 0.5rem;
      }
      .choice {
        color: inherit;
        font-size: 1rem;
        display: flex;
        gap: 0.5em;
        align-items: baseline;
        flex-wrap: wrap;
        overflow-wrap: anywhere;
        min-height: 1.75rem;
      }
    `],p([u({attribute:!1})],I.prototype,"former",2),p([u({attribute:!1})],I.prototype,"changedTo",2),p([u({attribute:!1})],I.prototype,"captioning",2),p([u({attribute:!1})],I.prototype,"working",2),p([u({attribute:!1})],I.prototype,"unit",2),p([u({attribute:!1})],I.prototype,"alternative",2),p([u({attribute:!1})],I.prototype,"row",2),I=p([w("qkv-result")],I);var N=class extends Error{constructor(e,r){super(r);this.status=e;this.sentence=r}},Bs="qkv.token",or=null;function Vs(s){or=s;try{sessionStorage.setItem(Bs,s)}catch{return}}function js(){try{return or??sessionStorage.getItem(Bs)}catch{return or}}var ar=()=>js()!==null,Ks=async s=>(await lr("v1/models",void 0,s)).models,Qs=(s,t)=>lr("v1/view",s,t),Js=(s,t)=>lr("v1/explain",s,t);async function lr(s,t,e){let r=js(),n=await fetch(s,{method:t?"POST":"GET",headers:{...t?{"Content-Type":"application/json"}:{},...r?{Authorization:`Bearer ${r}`}:{}},body:t&&JSON.stringify(t),signal:e}).catch(o=>{throw e.aborted?o:new N(0,String(o))}),i=await n.json().catch(o=>{throw e.aborted?o:new N(n.ok?0:n.status,n.statusText)});if(!n.ok)throw new N(n.status,Wi(i));return i}function Wi(s){let t=s?.error;return typeof t=="string"?t:""}var Ii=/[\p{L}\p{M}\p{N}]/u,Fi=/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u,hr=s=>s!==void 0&&Ii.test(s)&&!Fi.test(s);function Ys({text:s,caption:t,tokens:e},r,n){let i=[...s??t??""],[,o,a]=e[r],l=i.slice(0,o),d=!(o<a&&hr(i[o]))&&hr(l.at(-1))&&hr([...n][0])?" ":"";return l.join("")+d+n}var Di=6,Gi=2,Zs=0,T=class extends P{constructor(){super(...arguments);this.image=null;this.model=null;this.view=null;this.result=null;this.shown=null;this.explanation=null;this.failure=null;this.token=0;this.onlyShown=!1;this.request=new AbortController;this.asked=""}get pane(){return this.selection.panes[0]}get map(){return this.view?.maps[this.pane.map]}get rowSide(){return this.map?.rows??He}get row(){let{row:e,unit:r}=this.selection;return e===null||!this.view?null:this.shown?.rows[e]??F(this.view.sides[this.rowSide],r)[e]??null}get column(){let{column:e}=this.selection;return e===null?null:this.shown?.columns[e]??null}disconnectedCallback(){this.request.abort(),super.disconnectedCallback()}willUpdate(e){let r=e.get("selection");e.has("selection")&&r?.row!==this.selection.row&&(this.token=0),(e.has("view")||e.has("selection"))&&this.openWeights(),this.explainRow()}async openWeights(){let{view:e,selection:r}=this,n=e?await gt(e,this.pane,r.unit):null;e===this.view&&r===this.selection&&(this.shown=n)}async explainRow(){let{row:e,pane:r,map:n}=this,i=n?.kind??"cross",o=e&&{...Et(this.question,this.image),kind:i,step:e.tokens[0]+this.token+1,...n?{layer:r.layer}:{},...n&&r.head!==null?{head:r.head}:{},lang:E.language},a=JSON.stringify(o);if(a===this.asked||(this.asked=a,this.request.abort(),this.explanation=this.failure=null,!o))return;this.request=new AbortController;let{signal:l}=this.request;try{let h=await Js(o,l);l.aborted||(this.explanation=h)}catch(h){l.aborted||(this.failure=h instanceof N?h:null)}}can(e){return this.model?.changes.includes(e)??!1}render(){let{row:e,column:r}=this;return!this.view||!e&&!r?c`<h2>${this.say.chosenHeading}</h2>
        <p class="quiet">${this.say.nothingChosen}</p>`:c`
      <h2>${this.say.chosenHeading}
        <button class="plain" type="button" @click=${()=>this.ask("qkv-select",{row:null,column:null})}>
          ${this.say.letGo}
        </button>
      </h2>
      ${r&&this.map?.columns===Zs?this.renderSourceWord(r):m}
      ${e&&!r&&this.rowSide===Zs?this.renderSourceWord(e):m}
      ${e?this.renderRow(e):m}
    `}renderSourceWord(e){let r=cr(e),n=this.question.steps.some(i=>i.do==="hide"&&i.columns.join()===r.join());return c`<p class="source-word">
      ${this.say.sourceWord(e.text)}
      ${this.can("hide")?c`<button
            class="chip"
            id="hide"
            type="button"
            aria-pressed=${n}
            @click=${()=>this.ask("qkv-change",{do:"hide",columns:r})}
          >${n?this.say.hidden:this.say.hide}</button>`:m}
    </p>`}renderRow(e){return c`
      ${this.shown?this.renderLooks(this.shown,e):m}
      ${e.tokens[1]-e.tokens[0]>1?this.renderTokens(e):m}
      ${this.rowSide===He&&this.can("prefix")?this.renderWords(e):m}
      ${this.explanation?c`<qkv-explanation
            .explanation=${this.explanation}
            .column=${this.column?.tokens[0]??null}
          ></qkv-explanation>`:c`<p class="quiet" role="status">${this.failure?.sentence??this.say.working}</p>`}
    `}renderLooks({weights:e,columns:r,map:n,layer:i},o){let a=this.selection.row;if(a>=e.shape[0])return m;let l=e.row(a),h=X(l,Di),{column:d}=this.selection;d!==null&&d<r.length&&!h.includes(d)&&h.push(d);let f=n.kind==="cross",v=n.layers.length>1||i.heads.length>1;return c`
      <h3>${this.say.lookedAt(o.text)}</h3>
      ${h.length?m:c`<p class="quiet">${this.text.nothingSeen}</p>`}
      <ul>${h.map(g=>this.renderLook(o,r[g],l[g],f))}</ul>
      ${f&&v&&this.can("forbid")?c`<label class="scope"><input
              type="checkbox"
              .checked=${this.onlyShown}
              @change=${({target:g})=>{this.onlyShown=g.checked}}
            > ${this.say.onlyShown}</label>`:m}
    `}renderLook(e,r,n,i){let o=this.view?.picture?this.say.region(r.text):r.text;return c`<li>
      <bdi>${o}</bdi>
      <progress value=${n} aria-hidden="true"></progress>
      <span class="number">${n.toFixed(3)}</span>
      ${i?c`
            ${this.renderChange("pin",this.say.onlyHere,this.say.onlyHereFull(e.text,o),e,r)}
            ${this.renderChange("forbid",this.say.notHere,this.say.notHereFull(e.text,o),e,r)}`:m}
    </li>`}renderChange(e,r,n,i,o){if(!this.can(e))return m;let a={do:e,rows:cr(i),columns:cr(o),layer:this.onlyShown?this.pane.layer:null,head:this.onlyShown?this.pane.head:null},l=this.question.steps.some(h=>JSON.stringify(h)===JSON.stringify(a));return c`<button
      class="chip"
      type="button"
      title=${n}
      aria-label=${n}
      aria-pressed=${l}
      @click=${()=>this.ask("qkv-change",a)}
    >${r}</button>`}renderTokens(e){let[r,n]=e.tokens;return c`<div class="tokens" role="group" aria-label=${this.say.tokensOfWord}>
      <span class="quiet">${this.say.severalTokens(n-r)}</span>
      ${this.view.sides[this.rowSide].tokens.slice(r,n).map((i,o)=>c`<button
          class="chip"
          type="button"
          aria-pressed=${o===this.token}
          @click=${()=>{this.token=o}}
        ><bdi>${O(i)}</bdi></button>`)}
    </div>`}renderWords(e){let r=this.explanation?.explained.prediction?.words??[];return c`
      <h3>${this.say.sayInstead}</h3>
      <p class="quiet">${this.say.sayInsteadHint}</p>
      <ol class="words">${r.map(n=>this.renderWord(n))}</ol>
      <form @submit=${n=>this.sayTyped(n,e)}>
        <label for="word">${this.say.sayTyped}</label>
        <input id="word" type="text" autocomplete="off" spellcheck="false" dir="auto">
        <button class="chip" type="submit">${this.say.say}</button>
      </form>
    `}renderWord(e){let r=e.id===this.explanation?.explained.prediction?.id,{text:n}=e;return c`<li>
      <button
        class="chip"
        type="button"
        aria-pressed=${r}
        ?disabled=${e.id===Gi}
        @click=${()=>this.ask("qkv-change",{do:"force",prefix:n})}
      ><bdi>${O(e.token)}</bdi> <span class="number">${B(e.probability)}</span></button>
    </li>`}sayTyped(e,r){e.preventDefault();let n=this.typed.value.trim();if(n===""||!this.result)return;let i=Ys(this.result,r.tokens[0]+this.token,n);this.typed.value="",this.ask("qkv-change",{do:"force",prefix:i})}};T.styles=[y,q,b`
      h2 {
        display: flex;
        justify-content: space-between;
        align-items: baseline;
      }
      h3 {
        font: italic 400 1.125rem/1.4 var(--serif);
        margin-top: 0.75rem;
        overflow-wrap: anywhere;
      }
      ul li {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem 0.5rem;
        align-items: center;
        border-top: 1px solid var(--rule);
        padding: 0.15rem 0;
      }
      ul li bdi,
      .words bdi,
      .tokens bdi {
        font: 400 1.0625rem/1.4 var(--serif);
        overflow-wrap: anywhere;
      }
      ul li bdi {
        flex: 1 1 4rem;
      }
      progress {
        width: 3.5rem;
      }
      .source-word {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 0.75rem;
        align-items: baseline;
        margin-top: 0.5rem;
        overflow-wrap: anywhere;
      }
      .tokens {
        align-items: baseline;
        margin-top: 0.75rem !important;
      }
      .words,
      .tokens {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem;
        margin: 0.3rem 0;
      }
      .scope {
        margin-top: 0.25rem;
        min-height: 1.75rem;
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 0.5rem;
      }
      form label {
        grid-column: 1 / -1;
      }
    `],p([u({attribute:!1})],T.prototype,"question",2),p([u({attribute:!1})],T.prototype,"image",2),p([u({attribute:!1})],T.prototype,"model",2),p([u({attribute:!1})],T.prototype,"view",2),p([u({attribute:!1})],T.prototype,"result",2),p([u({attribute:!1})],T.prototype,"selection",2),p([S()],T.prototype,"shown",2),p([S()],T.prototype,"explanation",2),p([S()],T.prototype,"failure",2),p([S()],T.prototype,"token",2),p([S()],T.prototype,"onlyShown",2),p([z("#word")],T.prototype,"typed",2),T=p([w("qkv-chosen")],T);var cr=({tokens:[s,t]})=>Array.from({length:t-s},(e,r)=>s+r);var Ui=["cross","encoder","decoder"],$e=class extends P{constructor(){super(...arguments);this.layers=null;this.steps=[]}render(){let e=Ui.filter(r=>this.layers?.[r]?.length);return e.length===0?m:c`
      <details ?open=${this.steps.some(r=>r.do==="headOff")}>
        <summary>${this.say.headsHeading}</summary>
        <p class="quiet">${this.say.headsExplained}</p>
        ${e.map(r=>this.renderKind(r,this.layers[r]))}
      </details>
    `}renderKind(e,r){return c`
      <h3>${this.say.headsOf[e]}</h3>
      ${r.map((n,i)=>c`<p>
          <span class="quiet">${this.say.layer(i)}</span>
          ${Array.from({length:n},(o,a)=>this.renderHead(e,i,a))}
        </p>`)}
    `}renderHead(e,r,n){let i=this.say.switchOff(this.say.headsOf[e],r,n);return c`<button
      type="button"
      class="chip number"
      title=${i}
      aria-label=${i}
      aria-pressed=${Rs(this.steps,e,r,n)}
      @click=${()=>this.ask("qkv-change",{do:"headOff",kind:e,layer:r,head:n})}
    >${n}</button>`}};$e.styles=[y,q,b`
      h3 {
        font-size: 0.875rem;
        margin-top: 0.4rem;
      }
      p {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem;
        align-items: baseline;
        margin: 0.2rem 0;
      }
      .quiet {
        min-width: 4.5em;
      }
      button.chip {
        min-width: 1.75rem;
        padding: 0;
      }
      button.chip[aria-pressed="true"] {
        text-decoration: line-through;
      }
    `],p([u({attribute:!1})],$e.prototype,"layers",2),p([u({attribute:!1})],$e.prototype,"steps",2),$e=p([w("qkv-heads-off")],$e);var zi=250,Bi=40,Ct=class{constructor(t,e){this.host=t;this.answered=e;this.answer={before:null,after:null};this.failure=null;this.working=!1;this.request=new AbortController;this.timer=0;this.known=new Map;t.addController(this)}hostDisconnected(){this.cancel()}ask(t,e,r=zi){if(this.cancel(),(e??t.text.trim())===""){this.settle({before:null,after:null},null);return}this.working=!0,this.host.requestUpdate(),this.timer=setTimeout(()=>this.send(t,e),r)}cancel(){clearTimeout(this.timer),this.request.abort(),this.request=new AbortController,this.working=!1}async send(t,e){let{signal:r}=this.request,n=[Fs(t),...Ds(t)?[t]:[]],i=await Promise.allSettled(n.map(l=>this.viewed(Et(l,e),r)));if(r.aborted)return;let[o,a]=i.map(l=>l.status==="fulfilled"?l.value:null);this.settle({before:o,after:a??null},Vi(i))}async viewed(t,e){let r=JSON.stringify(t),n=this.known.get(r);if(n)return n;let i=await Qs(t,e);this.known.set(r,i);for(let o of this.known.keys())this.known.size>Bi&&this.known.delete(o);return i}settle(t,e){this.answer=t,this.failure=e,this.working=!1,this.answered(),this.host.requestUpdate()}};function Vi(s){let t=s.find(e=>e.status==="rejected");return t?t.reason instanceof N?t.reason:new N(0,String(t.reason)):null}function Xs(s){return new Promise((t,e)=>{let r=new FileReader;r.onerror=()=>e(r.error),r.onload=()=>{let n=String(r.result);t({shown:n,sent:n.slice(n.indexOf(",")+1)})},r.readAsDataURL(s)})}var K=class extends P{constructor(){super(...arguments);this.value="";this.language=null;this.pictures=!1;this.picture=null;this.over=!1}render(){return this.pictures?this.renderPicture():this.renderText()}renderText(){return c`
      <label for="text">${this.say.sourceHeading}</label>
      <textarea
        id="text"
        rows="2"
        dir="auto"
        spellcheck="false"
        lang=${this.language??m}
        placeholder=${this.say.sourceHint}
        .value=${this.value}
        @input=${({target:e})=>this.ask("qkv-question",{text:e.value})}
      ></textarea>
    `}renderPicture(){return c`
      <span class="label" id="label">${this.say.pictureHeading}</span>
      <div
        class="drop"
        data-over=${this.over}
        @dragover=${e=>{e.preventDefault(),this.over=!0}}
        @dragleave=${()=>{this.over=!1}}
        @drop=${this.dropped}
      >
        ${this.picture?c`<img src=${this.picture} alt=${this.say.pictureAlt}>`:m}
        <p>
          <label class="file">${this.say.choosePicture}
            <input class="unseen" type="file" accept="image/*" @change=${this.chosen}>
          </label>
          <span class="quiet">${this.say.dropPicture}</span>
        </p>
      </div>
    `}dropped(e){e.preventDefault(),this.over=!1,this.give(e.dataTransfer?.files[0])}chosen({target:e}){this.give(e.files?.[0])}give(e){e&&this.ask("qkv-picture",e)}};K.styles=[y,q,b`
      textarea {
        display: block;
        width: 100%;
        min-height: 4.5rem;
        field-sizing: content;
        max-height: 40vh;
        resize: vertical;
        font: 400 1.375rem/1.5 var(--serif);
        color: inherit;
        background: var(--raised);
        border: 1px solid transparent;
        border-bottom-color: var(--quiet);
        border-radius: 3px 3px 0 0;
        padding: 0.4rem 0.6rem;
      }
      .drop {
        border: 1px dashed var(--quiet);
        border-radius: 3px;
        padding: 0.6rem;
      }
      .drop[data-over="true"] {
        background: var(--raised);
        border-color: var(--accent);
      }
      img {
        display: block;
        max-width: 100%;
        height: 10rem;
        object-fit: contain;
        object-position: left;
        margin-bottom: 0.5rem;
      }
      .file {
        display: inline;
        color: inherit;
        font-size: 1rem;
        text-decoration: underline;
        cursor: pointer;
      }
      .file:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
    `],p([u()],K.prototype,"value",2),p([u()],K.prototype,"language",2),p([u({attribute:!1})],K.prototype,"pictures",2),p([u({attribute:!1})],K.prototype,"picture",2),p([S()],K.prototype,"over",2),K=p([w("qkv-source")],K);var ce=class extends P{constructor(){super(...arguments);this.steps=[];this.view=null;this.copied=null}render(){return this.steps.length===0?m:c`
      <h2>${this.say.stepsHeading}</h2>
      <ol>${this.steps.map(e=>this.renderStep(e))}</ol>
      <p>
        <button class="plain" type="button" @click=${()=>this.ask("qkv-question",{steps:[],alternative:0})}>
          ${this.say.takeAllBack}
        </button>
        <button class="plain" type="button" @click=${this.copy}>${this.say.copyAddress}</button>
        <span class="quiet" role="status">${this.copied===null?m:this.copied?this.say.addressCopied:this.say.addressNotCopied}</span>
      </p>
    `}renderStep(e){let r=this.sentence(e),n=`${this.say.takeBack}: ${r}`;return c`<li>
      <bdi>${r}</bdi>
      <button
        type="button"
        title=${this.say.takeBack}
        aria-label=${n}
        @click=${()=>this.ask("qkv-change",e)}
      >✕</button>
    </li>`}sentence(e){let{steps:r}=this.say;if(e.do==="force")return r.force(O(e.prefix));if(e.do==="hide")return r.hide(this.sourceWords(e.columns));if(e.do==="headOff")return r.headOff(e.kind,e.layer,e.head);let n=r[e.do](this.resultWord(e.rows),this.sourceWords(e.columns));return e.layer===null&&e.head===null?n:n+this.say.inHead(e.layer,e.head)}sourceWords(e){let r=this.view?.sides[0];return this.view?.picture?e.map(n=>this.say.region(r?.tokens[n]??"?")).join(", "):e.map((n,i)=>(i?r?.spaces[n]??"":"")+O(r?.tokens[n]??"?")).join("")}resultWord([e]){let r=this.view?.sides[He].tokens[e];return r===void 0?this.say.atToken(e+1):this.say.atWord(e+1,O(r))}async copy(){try{await navigator.clipboard.writeText(location.href),this.copied=!0}catch{this.copied=!1}}};ce.styles=[y,q,b`
      :host {
        border-inline-start: 3px solid var(--accent);
        padding-inline-start: 0.75rem;
      }
      ol {
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem 0.6rem;
        margin: 0.3rem 0;
      }
      li {
        border: 1px solid var(--rule);
        background: var(--raised);
        border-radius: 3px;
        padding: 0.1rem 0.1rem 0.1rem 0.6rem;
        overflow-wrap: anywhere;
      }
      li button {
        min-width: 1.75rem;
        min-height: 1.75rem;
        color: var(--quiet);
      }
      li button:hover {
        color: var(--accent);
      }
      p {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1rem;
      }
    `],p([u({attribute:!1})],ce.prototype,"steps",2),p([u({attribute:!1})],ce.prototype,"view",2),p([S()],ce.prototype,"copied",2),ce=p([w("qkv-steps")],ce);var en="\u6211\u4ECA\u5929\u65E9\u4E0A\u5728\u516C\u56ED\u770B\u5230\u4E86\u4E00\u53EA\u975E\u5E38\u53EF\u7231\u7684\u5C0F\u732B",pr="\u6211\u559C\u6B22\u5496\u5561",Q=[{needs:"fixed",text:en,part:"result",map:"cross",word:null,hidden:null},{needs:"attention",text:en,part:"view",map:"cross",word:null,hidden:null},{needs:"attention",text:pr,part:"chosen",map:"cross",word:"coffee",hidden:null},{needs:"transformer",text:pr,part:"view",map:"encoder",word:null,hidden:null},{needs:"transformer",text:pr,part:"steps",map:"cross",word:null,hidden:"\u5496\u5561"}],ji=({kind:s,architecture:t,attention:e},r)=>s==="translation"&&{fixed:e==="none",attention:t==="rnn"&&e!=="none",transformer:t==="transformer"}[r];function dr({needs:s},t){let e=t.filter(r=>ji(r,s));return e.find(({source:r})=>r==="zh")??e[0]}function tn({word:s},t){if(s===null||t.length<2)return null;let e=t.findIndex(({text:r})=>r.includes(s));return e<0?t.length-2:e}function rn({hidden:s},t){let e=s===null?[]:Ki(t.sides[0],s);return e.length?[{do:"hide",columns:e}]:[]}function Ki({tokens:s,spaces:t},e){let r="",n=s.map((a,l)=>{let h=r.length+t[l].length;return r+=t[l]+a,[h,r.length]}),i=r.indexOf(e);if(i<0)return[];let o=i+e.length;return n.flatMap(([a,l],h)=>a<o&&l>i?[h]:[])}var xe=class extends P{constructor(){super(...arguments);this.wrong=!1}render(){return c`
      <h2>${this.say.tokenHeading}</h2>
      <p class="quiet">${this.say.tokenExplained}</p>
      ${this.wrong?c`<p role="alert">${this.say.tokenWrong}</p>`:m}
      <form @submit=${this.send}>
        <label for="token">${this.say.tokenLabel}</label>
        <input id="token" type="password" autocomplete="off">
        <button class="chip" type="submit">${this.say.tokenSend}</button>
      </form>
    `}firstUpdated(){this.input.focus()}send(e){e.preventDefault(),this.input.value!==""&&this.ask("qkv-token",this.input.value)}};xe.styles=[y,q,b`
      :host {
        max-width: 32rem;
        padding: 1rem 0;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        align-items: baseline;
        margin-top: 0.5rem;
      }
    `],p([u({attribute:!1})],xe.prototype,"wrong",2),p([z("input")],xe.prototype,"input",2),xe=p([w("qkv-token")],xe);var te=class extends P{constructor(){super(...arguments);this.stop=0;this.lacking=!1;this.side="right"}updated(e){e.has("stop")&&this.heading.focus({preventScroll:!0})}render(){let{title:e,text:r}=this.say.tour[this.stop];return c`
      <section aria-label=${this.say.tourHeading}>
        <p class="quiet">${this.say.tourStep(this.stop+1,Q.length)}</p>
        <h2 tabindex="-1">${e}</h2>
        ${this.lacking?c`<p role="alert">${this.say.tourLacks(this.say.lacks[Q[this.stop].needs])}</p>`:m}
        ${r.map(n=>c`<p>${n}</p>`)}
        <p class="buttons">
          ${this.renderButton(this.say.back,this.stop-1)}
          ${this.renderButton(this.say.next,this.stop+1)}
          <button class="chip" type="button" @click=${()=>this.ask("qkv-tour",null)}>${this.say.end}</button>
        </p>
      </section>
    `}renderButton(e,r){return c`<button
      class="chip"
      type="button"
      ?disabled=${!(r in Q)}
      @click=${()=>this.ask("qkv-tour",r)}
    >${e}</button>`}};te.styles=[y,q,b`
      :host {
        position: fixed;
        z-index: 3;
        inset: auto 1rem 1rem auto;
        width: min(30rem, calc(100vw - 2rem));
        max-height: 60vh;
        overflow-y: auto;
        background: var(--paper);
        border: 2px solid var(--accent);
        border-radius: 4px;
        padding: 0.75rem 1rem;
        box-shadow: 0 4px 24px rgb(0 0 0 / 25%);
      }
      :host([side="left"]) {
        inset: auto auto 1rem 1rem;
      }
      h2 {
        font: 400 1.25rem/1.3 var(--serif);
      }
      h2:focus {
        outline: none;
      }
      p + p {
        margin-top: 0.4rem;
      }
      .buttons {
        display: flex;
        gap: 0.5rem;
      }
      button:disabled {
        border-color: var(--rule);
      }
    `],p([u({attribute:!1})],te.prototype,"stop",2),p([u({attribute:!1})],te.prototype,"lacking",2),p([u({reflect:!0})],te.prototype,"side",2),p([z("h2")],te.prototype,"heading",2),te=p([w("qkv-tour")],te);var sn={zh:"\u6211\u559C\u6B22\u5496\u5561",de:"Ein Mann liest ein Buch.",en:"I like coffee."},Ji=[400,404,422],Yi=({status:s})=>s===401||s===403&&ar(),L=class extends P{constructor(){super(...arguments);this.models=null;this.question=nr;this.picture=null;this.selection={panes:[],unit:"words",scale:null,...A};this.hover=A;this.now=null;this.former=null;this.stop=null;this.note="";this.failure=null;this.live=new Ct(this,()=>this.answered());this.arriving=null;this.addressChanged=()=>{this.question=ir(location.hash),this.live.ask(this.question,this.image,0)};this.keyPressed=({key:e})=>{e==="Escape"&&this.select(A)}}connectedCallback(){super.connectedCallback(),addEventListener("popstate",this.addressChanged),addEventListener("keydown",this.keyPressed),this.question=ir(location.hash),this.open()}disconnectedCallback(){removeEventListener("popstate",this.addressChanged),removeEventListener("keydown",this.keyPressed),super.disconnectedCallback()}get model(){let e=this.models??[];return e.find(({name:r})=>r===this.question.model)??e[0]??null}get captioning(){return this.model?.kind==="captioning"}get image(){return this.captioning?this.picture?.sent??"":null}async open(){try{this.models=await Ks(new AbortController().signal),this.failure=null}catch(n){this.failure=n instanceof N?n:new N(0,String(n));return}let{source:e}=this.model??{};location.hash.length<2&&(this.question={...nr,text:sn[e??"en"]??sn.en});let r=new URLSearchParams(location.hash.slice(1)).get("tour");r===null?this.live.ask(this.question,this.image,0):this.goTo(Number(r)-1)}put(e,{pause:r=0,replace:n=!1}={}){this.question={...this.question,...e};let i=`#${Is(this.question)}`;n?history.replaceState(null,"",i):i!==location.hash&&history.pushState(null,"",i),this.live.ask(this.question,this.image,r)}questioned({text:e,model:r,...n}){if(this.note="",e===void 0&&r===void 0){this.put(n);return}let i={steps:[],alternative:0,...n};this.question.steps.length>0&&(this.note=this.say.textIsNew),this.selection={...this.selection,...A},e!==void 0&&this.put({...i,text:e},{pause:void 0,replace:!0}),r!==void 0&&this.put({...i,model:r})}change(e){this.note="",this.put({steps:Ts(this.question.steps,e),alternative:0})}answered(){let{before:e,after:r}=this.live.answer,n=i=>i?{...i,alternatives:[]}:null;this.now=n((r??e)?.view),this.former=r?n(e?.view):null,this.now&&this.fitSelection(this.now),this.now&&this.arriving&&this.arrive(this.arriving,this.now)}fitSelection(e){let[r]=this.selection.panes,n=r&&e.maps[r.map]?.layers[r.layer],o=n&&(r.head===null||r.head<n.heads.length)?r:Je(0,e);this.selection={...this.selection,panes:[o,o]}}select(e){let[r,n]=e.panes??this.selection.panes,i=r===this.selection.panes[0]?n:r;this.selection={...this.selection,...e,panes:i?[i,i]:[]}}async takePicture(e){if(this.note="",e.type.startsWith("image/")?e.size>8388608&&(this.note=this.say.pictureTooLarge(e.name)):this.note=this.say.notAPicture(e.name),this.note)return;let r=this.picture===null?this.question.steps:[];this.picture=await Xs(e),this.put({steps:r,alternative:0})}goTo(e){if(this.stop=e!==null&&e in Q?e:null,this.arriving=null,this.note="",this.stop===null)return;let r=Q[this.stop],n=dr(r,this.models??[]);n&&(this.arriving=r,this.selection={...this.selection,...A},this.put({model:n.name,text:r.text,steps:[],alternative:0}))}arrive(e,r){this.arriving=null;let n=r.maps.findIndex(({kind:o})=>o===e.map);if(n>=0){let o=Je(0,r,n),a=F(r.sides[r.maps[n].rows],this.selection.unit),l=tn(e,a);this.selection={...this.selection,panes:[o,o],row:l,column:null}}let i=rn(e,r);i.length>0&&this.put({steps:i}),this.updateComplete.then(()=>this.renderRoot.querySelector(`#${e.part}`)?.scrollIntoView({block:"nearest"}))}hovered({detail:e}){this.hover=e}giveToken(e){Vs(e),this.failure=null,this.open()}updated(e){super.updated(e),document.title=this.say.documentTitle}render(){let e=this.failure??this.live.failure,r=e!==null&&Yi(e);return c`
      ${this.renderHeader()}
      <main
        @qkv-question=${({detail:n})=>this.questioned(n)}
        @qkv-change=${({detail:n})=>this.change(n)}
        @qkv-picture=${({detail:n})=>this.takePicture(n)}
        @qkv-select=${({detail:n})=>this.select(n)}
        @qkv-hover=${this.hovered}
        @qkv-token=${({detail:n})=>this.giveToken(n)}
      >
        ${r?c`<qkv-token .wrong=${ar()}></qkv-token>`:[this.renderAsk(),e?this.renderFailure(e):m,this.renderLook()]}
      </main>
      ${this.stop===null?m:c`<qkv-tour
            .stop=${this.stop}
            .side=${Q[this.stop].part==="chosen"?"left":"right"}
            .lacking=${!dr(Q[this.stop],this.models??[])}
            @qkv-tour=${({detail:n})=>this.goTo(n)}
          ></qkv-tour>`}
    `}renderHeader(){let e=document.documentElement.dataset.size==="large";return c`
      <header>
        <h1>qkv <span class="quiet">${this.say.subtitle}</span></h1>
        ${this.models?this.renderModels(this.models):m}
        <div class="switches">
          <button class="plain" type="button" @click=${()=>this.goTo(0)}>${this.say.takeTour}</button>
          <button class="plain" type="button" aria-pressed=${e} @click=${this.switchType}>
            ${this.say.largeType}
          </button>
          <qkv-preferences-switch></qkv-preferences-switch>
        </div>
      </header>
    `}switchType(){let{dataset:e}=document.documentElement;e.size==="large"?delete e.size:e.size="large",this.requestUpdate()}renderModels(e){let{model:r}=this;return c`
      <label class="model">${this.say.model}
        <select
          @change=${({target:n})=>this.questioned({model:n.value})}
        >
          ${e.map(n=>c`<option value=${n.name} .selected=${n===r}>${this.modelName(n)}</option>`)}
        </select>
      </label>
    `}modelName({name:e,kind:r,source:n,target:i,architecture:o,attention:a}){let l=r==="captioning"?this.say.captions:n&&i?`${n} \u2192 ${i}`:"",h=a==="none"?this.say.withoutAttention:this.say.withAttention(a),d=this.say.architectures[o]??o;return[e,l,o==="rnn"?`${d}, ${h}`:d].filter(v=>v!=="").join(" \xB7 ")}renderAsk(){let{before:e,after:r}=this.live.answer,{question:n}=this;return c`
      <section class="ask">
        <qkv-source
          .value=${n.text}
          .language=${this.model?.source??null}
          .pictures=${this.captioning}
          .picture=${this.picture?.shown??null}
        ></qkv-source>
        <qkv-result
          id="result"
          class=${this.pointedAt("result")}
          .former=${e?.view??null}
          .changedTo=${r?.view??null}
          .captioning=${this.captioning}
          .working=${this.live.working}
          .unit=${this.selection.unit}
          .alternative=${n.alternative}
          .row=${this.rowOfResult}
        ></qkv-result>
      </section>
      ${this.note?c`<p class="note" role="status">${this.note}</p>`:m}
      ${this.captioning&&!this.picture&&n.steps.length>0?c`<p class="note">${this.say.sharedWithoutPicture}</p>`:m}
      <qkv-steps
        id="steps"
        class=${this.pointedAt("steps")}
        .steps=${n.steps}
        .view=${this.now}
      ></qkv-steps>
    `}get result(){let{before:e,after:r}=this.live.answer;return(r??e)?.result??null}get rowOfResult(){let e=this.now?.maps[this.selection.panes[0]?.map??0];return!e||e.rows===1?this.selection.row:null}pointedAt(e){return this.stop!==null&&Q[this.stop].part===e?"pointed":m}renderFailure({status:e,sentence:r}){let n=r!==""&&Ji.includes(e),i=this.say.failures[e]??this.say.failure(e);return c`<p class="failure" role="alert">
      ${n?this.say.serversWords(r):i}
      <button class="plain" type="button" @click=${this.tryAgain}>${this.say.tryAgain}</button>
    </p>`}tryAgain(){this.models?this.live.ask(this.question,this.image,0):this.open()}renderLook(){let{now:e,question:r}=this;if(!e)return m;let n=this.former;return c`
      <div class="look">
        <div id="view" class="panes ${this.pointedAt("view")===m?"":"pointed"}" data-count=${n?2:1}>
          ${n?this.renderView(n,1,this.say.before):m}
          ${this.renderView(e,0,n?this.say.after:"")}
        </div>
        <aside>
          <qkv-chosen
            id="chosen"
            class=${this.pointedAt("chosen")}
            .question=${r}
            .image=${this.image}
            .model=${this.model}
            .view=${e}
            .result=${this.result}
            .selection=${this.selection}
          ></qkv-chosen>
          <qkv-heads-off
            ?hidden=${!this.model?.changes.includes("heads_off")}
            .layers=${this.model?.layers??null}
            .steps=${r.steps}
          ></qkv-heads-off>
        </aside>
      </div>
    `}renderView(e,r,n){return c`<section aria-label=${n||m}>
      ${n?c`<h2>${n}</h2>`:m}
      <qkv-view .view=${e} .place=${r} .selection=${this.selection} .hover=${this.hover}></qkv-view>
    </section>`}};L.styles=[y,q,b`
      :host {
        max-width: 110rem;
        margin: 0 auto;
        padding: 0.75rem clamp(0.75rem, 3vw, 2.5rem) 6rem;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 2rem;
        align-items: baseline;
        padding-bottom: 0.5rem;
        border-bottom: 1px solid var(--rule);
      }
      h1 {
        font: 400 1.5rem/1.3 var(--serif);
      }
      .model {
        max-width: 100%;
      }
      .model select {
        color: var(--ink);
        font-size: 1rem;
      }
      .switches {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.25rem;
        align-items: baseline;
        margin-inline-start: auto;
        font-size: 0.875rem;
      }
      .switches > button[aria-pressed="true"] {
        text-decoration: none;
        border-bottom: 1px solid var(--ink);
        border-radius: 0;
      }
      main {
        container-type: inline-size;
      }
      .ask {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75rem 2.5rem;
        padding: 1rem 0 0.75rem;
      }
      .look {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem 2.5rem;
        margin-top: 0.75rem;
        border-top: 1px solid var(--rule);
      }
      .panes {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0 2.5rem;
        min-width: 0;
      }
      .panes h2 {
        margin-top: 0.75rem;
      }
      aside {
        padding-top: 0.75rem;
        min-width: 0;
        order: -1;
      }
      qkv-heads-off {
        margin-top: 1rem;
        border-top: 1px solid var(--rule);
        padding-top: 0.75rem;
      }
      @container (min-width: 60rem) {
        .ask {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        .look {
          grid-template-columns: minmax(0, 1fr) minmax(20rem, 28rem);
        }
        aside {
          order: 0;
          position: sticky;
          top: 0;
          align-self: start;
          max-height: 100vh;
          overflow-y: auto;
          padding-bottom: 1rem;
        }
      }
      @container (min-width: 70rem) {
        .panes[data-count="2"] {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
      .note,
      .failure {
        padding: 0.4rem 0.75rem;
        background: var(--raised);
        border-inline-start: 3px solid var(--quiet);
        margin: 0.25rem 0;
        overflow-wrap: anywhere;
      }
      .failure {
        border-color: var(--accent);
      }
      #chosen.pointed {
        outline-offset: -2px !important;
        padding: 0.5rem;
      }
      .pointed {
        outline: 2px solid var(--accent);
        outline-offset: 6px;
        border-radius: 2px;
      }
    `],p([S()],L.prototype,"models",2),p([S()],L.prototype,"question",2),p([S()],L.prototype,"picture",2),p([S()],L.prototype,"selection",2),p([S()],L.prototype,"hover",2),p([S()],L.prototype,"now",2),p([S()],L.prototype,"former",2),p([S()],L.prototype,"stop",2),p([S()],L.prototype,"note",2),p([S()],L.prototype,"failure",2),L=p([w("qkv-page")],L);Tr(document);document.adoptedStyleSheets.push(Ws.styleSheet);})();
/*! Bundled license information:

@lit/reactive-element/css-tag.js:
  (**
   * @license
   * Copyright 2019 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

@lit/reactive-element/reactive-element.js:
lit-html/lit-html.js:
lit-element/lit-element.js:
@lit/reactive-element/decorators/custom-element.js:
@lit/reactive-element/decorators/property.js:
@lit/reactive-element/decorators/state.js:
@lit/reactive-element/decorators/event-options.js:
@lit/reactive-element/decorators/base.js:
@lit/reactive-element/decorators/query.js:
@lit/reactive-element/decorators/query-all.js:
@lit/reactive-element/decorators/query-async.js:
@lit/reactive-element/decorators/query-assigned-nodes.js:
  (**
   * @license
   * Copyright 2017 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

lit-html/is-server.js:
  (**
   * @license
   * Copyright 2022 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

@lit/reactive-element/decorators/query-assigned-elements.js:
  (**
   * @license
   * Copyright 2021 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)
*/
